"""The team page: members, their roles, who is in and out, the Owner."""

from __future__ import annotations

from flask import flash, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import Conflict, InvalidInput
from app.foundation.mail import mail_is_configured
from app.foundation.pages.web import see_other
from app.people import limits, team
from app.people.access import requires
from app.people.forms import InviteForm, TransferForm
from app.people.invitations import open_invitations
from app.people.permissions import Role
from app.people.views.blueprint import blueprint
from app.people.views.links import SHOWN_ONCE


@blueprint.get("/settings/team", endpoint="team")
@requires("manage_team")
def team_page() -> ResponseReturnValue:
    """Everybody in the workspace, and everybody invited to it."""
    return show_team(InviteForm())


def show_team(form: InviteForm) -> str:
    """The page with `form` on it; a link that was just made is shown this once."""
    manageable = Role(current_user.role).below
    form.offer(manageable)
    return render_template(
        "people/team.html",
        form=form,
        members=team.members(),
        invitations=open_invitations(),
        manageable=manageable,
        link=session.pop(SHOWN_ONCE, None),
        mail=mail_is_configured(),
    )


@blueprint.post("/settings/team/<int:member_id>/role")
@requires("manage_team")
def change_role(member_id: int) -> ResponseReturnValue:
    """Gives a member another role."""
    try:
        member = team.change_role(current_user.id, member_id, request.form.get("role", ""))
    except InvalidInput as error:
        flash(error.message, "error")
    else:
        flash(f"{member.full_name} is now {member.role_label}.", "success")
    return see_other("people.team")


@blueprint.post("/settings/team/<int:member_id>/deactivate")
@requires("manage_team")
def deactivate(member_id: int) -> ResponseReturnValue:
    """Locks a member out."""
    member = team.deactivate(current_user.id, member_id)
    flash(f"{member.full_name} is signed out everywhere and cannot sign in any more.", "success")
    return see_other("people.team")


@blueprint.post("/settings/team/<int:member_id>/reactivate")
@requires("manage_team")
def reactivate(member_id: int) -> ResponseReturnValue:
    """Lets a member in again."""
    member = team.reactivate(current_user.id, member_id)
    flash(f"{member.full_name} can sign in again.", "success")
    return see_other("people.team")


@blueprint.route("/settings/team/ownership", methods=["GET", "POST"])
@limits.per_person
@requires("manage_team")
def ownership() -> ResponseReturnValue:
    """Hands the workspace over to an active Admin (OQ-4)."""
    team.refuse_unless_owner(current_user)
    form = TransferForm()
    form.offer(team.heirs())
    if not form.validate_on_submit():
        return render_template("people/ownership.html", form=form), 400 if form.is_submitted() else 200
    try:
        owner = team.transfer_ownership(current_user.id, int(form.data["member"]), form.data["password"])
    except InvalidInput as error:
        form.refuse(error)
        return render_template("people/ownership.html", form=form), limits.WRONG_PASSWORD
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash(f"{owner.full_name} is now the Owner, and you are an Admin.", "success")
    return see_other("people.team")
