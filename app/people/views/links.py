"""The link of an invitation, which exists in full only when it is made."""

from __future__ import annotations

from flask import flash, session

from app.foundation.mail import MailFailed, send_mail
from app.foundation.pages.web import public_url
from app.people.models import Invitation

SHOWN_ONCE = "invitation_link"


def hand_over(invitation: Invitation, token: str) -> None:
    """The next team page shows the link once, and it is mailed where a mail server is configured (OQ-1)."""
    link = public_url("people.invitation", token=token)
    session[SHOWN_ONCE] = {"email": invitation.email, "url": link}
    try:
        subject = f"{invitation.invited_by.full_name} invites you to Lotledger"
        sent = send_mail(
            invitation.email, subject, "people/mail/invitation", invitation=invitation, link=link
        )
    except MailFailed as error:
        flash(f"{error.message} Copy the link below and send it yourself.", "warning")
        return
    if sent:
        flash(f"The invitation was mailed to {invitation.email}.", "success")
