"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user

from app.foundation.errors import InvalidInput
from app.foundation.pages.error_pages import error_page
from app.foundation.pages.web import see_other
from app.people import limits
from app.people.forms import SignInForm
from app.people.sessions import begin_session, end_session, own_path
from app.people.sign_in import authenticate
from app.people.views.blueprint import blueprint

WRONG = "The e-mail address or the password is wrong."


@blueprint.route("/login", methods=["GET", "POST"])
@limits.per_account
@limits.per_address
def login() -> ResponseReturnValue:
    """The sign-in page; leads to `next` where that is a page of ours."""
    target = own_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target, code=303)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("people/login.html", form=form), 400 if form.is_submitted() else 200
    user = authenticate(form.data["email"], form.data["password"])
    if user is None:
        form.refuse(InvalidInput(WRONG))
        return render_template("people/login.html", form=form), limits.WRONG_PASSWORD
    begin_session(user)
    return redirect(target, code=303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Ends this device's session."""
    end_session()
    flash("You are signed out.", "info")
    return see_other("people.login")


@blueprint.errorhandler(RateLimitExceeded)
def too_many_attempts(_error: RateLimitExceeded) -> ResponseReturnValue:
    """A page with the time to wait."""
    response = error_page(429, "Too many attempts", limits.try_again_sentence())
    response.headers["Retry-After"] = str(limits.seconds_to_wait())
    return response
