"""A connection whose tokens the provider refuses: said on every page and, once, by mail (CONN-21)."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.audit import record
from app.foundation.background.jobs import enqueue
from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError
from app.foundation.mail import send_each, send_mail
from app.foundation.pages.web import public_url
from app.integrations.locks import locked, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.people.access import allows
from app.people.models import User
from app.providers import registry

log = structlog.get_logger()

JOB = "app.integrations.jobs.mail_expired"


def expire(connection: Connection, sentence: str, trace_id: str | None) -> bool:
    """The locked row says from the commit on that it expired and why; False if it was not active."""
    if not connection.is_active:
        return False
    connection.state = ConnectionState.EXPIRED
    connection.last_problem = sentence
    connection.last_problem_at = utcnow()
    connection.last_trace_id = trace_id
    record(
        action="connection.expired",
        subject=subject_of(connection),
        before={"state": ConnectionState.ACTIVE},
        after={"state": ConnectionState.EXPIRED, "reason": sentence},
        user_id=None,
    )
    return True


def mark_expired(connection_id: int, sentence: str, trace_id: str | None = None) -> None:
    """The connection is expired and those who may reconnect are told, unless it was not active before."""
    with locking_transaction() as session:
        expired = _expire_locked(session, connection_id, sentence, trace_id)
    if expired:
        announce(connection_id)


def _expire_locked(session: Session, connection_id: int, sentence: str, trace_id: str | None) -> bool:
    connection = locked(session, connection_id)
    return connection is not None and expire(connection, sentence, trace_id)


def announce(connection_id: int) -> None:
    """The mails are on their way. Mail that cannot be queued holds nothing up: the pages say it too."""
    try:
        enqueue("mail", JOB, connection_id)
    except LotledgerError as error:
        log.warning("expiry mail not queued", connection=connection_id, reason=error.message)


def send_mails(connection_id: int) -> None:
    """Everybody who may reconnect has been sent the news, unless the connection works again by now.

    Raises the last MailFailed, after all were tried.
    """
    connection = db.session.get(Connection, connection_id)
    if connection is None or connection.state != ConnectionState.EXPIRED:
        return
    label, link = registry.label(connection.provider), public_url("integrations.index")
    subject = f"{connection.company_name}: the connection to {label} has expired"
    facts = {"connection": connection, "label": label, "link": link}
    send_each(
        people_who_may_reconnect(),
        lambda user: send_mail(user.email, subject, "integrations/mail/expired", user=user, **facts),
    )


def people_who_may_reconnect() -> list[User]:
    """The active members who hold `manage_integrations`, oldest account first."""
    people = db.session.scalars(select(User).where(User.is_active).order_by(User.id))
    return [user for user in people if allows(user, "manage_integrations")]


def subject_of(connection: Connection) -> str:
    """The connection as the audit log names it."""
    return f"{registry.label(connection.provider)}: {connection.company_name}"
