"""The permissions page: a matrix of roles and what they may do (ACC-20…26)."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import Conflict
from app.foundation.pages.web import see_other
from app.people import role_settings
from app.people.access import requires
from app.people.permissions import GROUPS, Role
from app.people.views.blueprint import blueprint


@blueprint.get("/settings/permissions", endpoint="permissions")
@requires("manage_team")
def permissions_page() -> ResponseReturnValue:
    """What each role may do, with boxes for the roles that this person may configure."""
    matrix = role_settings.matrix()
    return render_template(
        "people/permissions.html",
        matrix=matrix,
        groups=GROUPS,
        roles=list(Role),
        manageable=Role(current_user.role).below,
        mine=matrix[Role(current_user.role)],
        seen=role_settings.fingerprint(matrix),
    )


@blueprint.post("/settings/permissions")
@requires("manage_team")
def change_permissions() -> ResponseReturnValue:
    """Stores the boxes as they were ticked."""
    granted = role_settings.parse_cells(request.form.getlist("granted"))
    try:
        changed = role_settings.change_permissions(current_user, granted, seen=request.form.get("seen", ""))
    except Conflict as error:
        flash(error.message, "error")
        return see_other("people.permissions")
    names = " and ".join(role.label for role in changed)
    flash(f"Saved for {names}; in effect at once." if names else "Nothing was changed.", "success")
    return see_other("people.permissions")
