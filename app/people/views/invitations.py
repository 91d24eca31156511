"""Inviting people, and being invited."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import Conflict, InvalidInput, NotFoundError
from app.foundation.pages.error_pages import error_page
from app.foundation.pages.web import see_other
from app.people import invitations
from app.people.access import requires
from app.people.forms import InviteForm, NewUserForm
from app.people.models import Invitation
from app.people.permissions import Role
from app.people.sessions import HOME, begin_session
from app.people.views.blueprint import blueprint
from app.people.views.links import hand_over
from app.people.views.members import show_team


@blueprint.post("/settings/team/invitations")
@requires("manage_team")
def invite() -> ResponseReturnValue:
    """Makes an invitation and its link."""
    form = InviteForm()
    form.offer(Role(current_user.role).below)
    if not form.validate_on_submit():
        return show_team(form), 400
    try:
        made = invitations.invite(current_user, email=form.data["email"], role=form.data["role"])
    except (InvalidInput, Conflict) as error:
        form.refuse(InvalidInput(error.message, field="email"))
        return show_team(form), error.status
    hand_over(*made)
    return see_other("people.team")


@blueprint.post("/settings/team/invitations/<int:invitation_id>/renew")
@requires("manage_team")
def renew_invitation(invitation_id: int) -> ResponseReturnValue:
    """Makes a new link for an invitation; the former one is void."""
    hand_over(*invitations.renew(current_user, invitation_id))
    return see_other("people.team")


@blueprint.post("/settings/team/invitations/<int:invitation_id>/revoke")
@requires("manage_team")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Makes an invitation's link void."""
    revoked = invitations.revoke(current_user, invitation_id)
    flash(f"The invitation of {revoked.email} is revoked.", "success")
    return see_other("people.team")


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Where an invitation's link leads: name and password, then signed in."""
    try:
        found = invitations.find_invitation(token)
    except NotFoundError as error:
        return error_page(404, "This link leads nowhere", error.message)
    form = NewUserForm()
    if not form.validate_on_submit():
        return _accept_page(form, found), 400 if form.is_submitted() else 200
    try:
        user = invitations.accept(
            token,
            first_name=form.data["first_name"],
            last_name=form.data["last_name"],
            password=form.data["password"],
        )
    except Conflict as error:
        form.refuse(InvalidInput(error.message))
        return _accept_page(form, found), error.status
    begin_session(user)
    flash(f"Welcome, {user.first_name}.", "success")
    return redirect(HOME, code=303)


def _accept_page(form: NewUserForm, found: Invitation) -> str:
    return render_template("people/invitation.html", form=form, invitation=found)
