"""What this person hears of by mail."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.extensions import limiter
from app.foundation.mail import MailFailed, mail_is_configured, send_mail
from app.foundation.pages.web import see_other
from app.people.access import signed_in
from app.people.profile import choose_sync_mail
from app.workspace.forms import AlertsForm
from app.workspace.views.blueprint import blueprint

TEST_MAILS = "5 per minute"


def _myself() -> str:
    return f"user:{current_user.get_id()}"


@blueprint.route("/settings/alerts", methods=["GET", "POST"])
@signed_in
def alerts() -> ResponseReturnValue:
    """Sync summaries by mail: never, only failures, always; each person for themselves."""
    form = AlertsForm(obj=current_user)
    if form.validate_on_submit():
        choose_sync_mail(current_user, form.data["sync_mail"])
        flash("Your alerts are saved.", "success")
        return see_other("workspace.alerts")
    page = render_template("workspace/alerts.html", form=form, mail=mail_is_configured())
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/settings/alerts/test-mail")
@signed_in
@limiter.limit(TEST_MAILS, key_func=_myself)
def send_test_mail() -> ResponseReturnValue:
    """Sends this person a mail now, so that they see whether mail arrives."""
    try:
        sent = send_mail(current_user.email, "Lotledger can send you mail", "workspace/mail/test")
    except MailFailed as error:
        flash(error.message, "error")
    else:
        told = f"A test mail is on its way to {current_user.email}."
        flash(told if sent else "No mail server is configured.", "success" if sent else "error")
    return see_other("workspace.alerts")
