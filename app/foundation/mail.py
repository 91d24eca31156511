"""Outgoing mail, in a text and an HTML part, by the installation's own mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from smtplib import SMTPException
from ssl import SSLCertVerificationError
from typing import Any, TypeVar

import structlog
from flask import current_app, render_template
from flask_mailman import EmailMultiAlternatives

from app.extensions import mail
from app.foundation.errors import LotledgerError
from app.foundation.pages.forms import is_storable

log = structlog.get_logger()

Person = TypeVar("Person")

TIMEOUT_SECONDS = 10


class MailFailed(LotledgerError):
    """The mail server could not be reached, or did not take the mail."""

    status = 503


def mail_is_configured() -> bool:
    """Whether this installation has a mail server; without one no mail goes out."""
    return bool(current_app.config["MAIL_SERVER"])


def send_mail(to: str, subject: str, template_base: str, **context: Any) -> bool:
    """The mail server has taken a mail to `to`, made from `<template_base>.txt` and `.html`.

    False when there is no mail server. `subject` is brought onto one line. Raises MailFailed with a sentence
    when the server does not take the mail.
    """
    if not mail_is_configured():
        return False
    if not is_storable(to):
        raise MailFailed(f"No mail can be sent to {to!r}: this is not an e-mail address.")
    line = " ".join(subject.split())
    values = {"subject": line, **context}
    message = EmailMultiAlternatives(line, render_template(f"{template_base}.txt", **values), to=[to])
    message.attach_alternative(render_template(f"{template_base}.html", **values), "text/html")
    try:
        with mail.get_connection(timeout=TIMEOUT_SECONDS) as connection:  # closed also when a mail is refused
            connection.send_messages([message])
    except (SMTPException, OSError, ValueError) as error:
        log.warning("mail not sent", server=current_app.config["MAIL_SERVER"], reason=str(error))
        raise MailFailed(f"The mail to {to} could not be sent: {_reason(error)}.") from error
    return True


def send_each(people: Iterable[Person], send: Callable[[Person], object]) -> None:
    """`send` was called for all of the people, also when a mail to one of them was not taken.

    Raises the last MailFailed, after all were tried, so that the queue keeps a trace.
    """
    problem: MailFailed | None = None
    for person in people:
        try:
            send(person)
        except MailFailed as error:
            problem = error
    if problem:
        raise problem


def _reason(error: Exception) -> str:
    """What went wrong; not in the server's own words, which may name accounts and machines."""
    if isinstance(error, SSLCertVerificationError):  # which is a ValueError, too
        return "the mail server could not prove that it is the one in MAIL_SERVER"
    if isinstance(error, SMTPException):
        return "the mail server refused it"
    if isinstance(error, ValueError):
        return "this is not an e-mail address"
    return "the mail server could not be reached"
