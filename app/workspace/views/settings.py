"""Settings of the business: who it is."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import InvalidInput
from app.foundation.pages.web import see_other
from app.people.access import requires
from app.workspace.forms import BusinessForm
from app.workspace.service import CHANGEABLE, change_workspace, current_workspace
from app.workspace.views.blueprint import blueprint


@blueprint.route("/settings/business", methods=["GET", "POST"])
@requires("manage_features")
def business() -> ResponseReturnValue:
    """Name, address, time zone and currency (ACC-6)."""
    form = BusinessForm(obj=current_workspace())
    if not form.validate_on_submit():
        return render_template("workspace/business.html", form=form), 400 if form.is_submitted() else 200
    try:
        changed = change_workspace(current_user, {key: form.data[key] for key in CHANGEABLE})
    except InvalidInput as error:
        form.refuse(error)
        return render_template("workspace/business.html", form=form), 400
    flash("The business settings are saved." if changed else "Nothing was changed.", "success")
    return see_other("workspace.business")
