"""A person's own name and password."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.people import limits
from app.people.access import signed_in
from app.people.forms import PasswordForm, ProfileForm
from app.people.profile import change_password, change_profile
from app.people.sessions import begin_session, end_other_sessions
from app.people.views.blueprint import blueprint


@blueprint.route("/settings/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Name, telephone number and appearance (ACC-3…5)."""
    form = ProfileForm(obj=current_user)
    if not form.validate_on_submit():
        return render_template("people/profile.html", form=form), 400 if form.is_submitted() else 200
    change_profile(
        current_user,
        first_name=form.data["first_name"],
        last_name=form.data["last_name"],
        phone=form.data["phone"],
    )
    flash("Your profile is saved.", "success")
    return see_other("people.profile")


@blueprint.route("/settings/profile/security", methods=["GET", "POST"])
@limits.per_person
@signed_in
def security() -> ResponseReturnValue:
    """The password; a new one signs every other device out (ACC-10…13)."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("people/security.html", form=form), 400 if form.is_submitted() else 200
    try:
        change_password(current_user, current=form.data["current_password"], new=form.data["new_password"])
    except InvalidInput as error:
        form.refuse(error)
        return render_template("people/security.html", form=form), limits.WRONG_PASSWORD
    begin_session(current_user)
    flash("Your password is changed. Every other device is signed out.", "success")
    return see_other("people.security")


@blueprint.post("/settings/profile/security/sign-out-elsewhere")
@signed_in
def sign_out_elsewhere() -> ResponseReturnValue:
    """Signs every other device of the person out."""
    ended = end_other_sessions(current_user)
    if ended:
        flash(f"Signed out on {count_of(ended, 'other device')}.", "success")
    else:
        flash("You are signed in nowhere else.", "info")
    return see_other("people.security")
