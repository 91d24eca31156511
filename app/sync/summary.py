"""The mail that follows a sync, to each person who asked for it (design section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import structlog
from sqlalchemy import select

from app.extensions import db
from app.foundation.background.jobs import enqueue
from app.foundation.errors import LotledgerError
from app.foundation.mail import send_each, send_mail
from app.foundation.pages.web import public_url
from app.people.access import allows
from app.people.models import User
from app.sync.models import RunStatus, SyncRun

log = structlog.get_logger()

JOB = "app.sync.jobs.mail_summary"


class MailSection(NamedTuple):
    """A list in the mail: of each record its name and what became of it, and how many more there are."""

    title: str
    lines: list[tuple[str, str]]
    more: int


Section = Callable[[SyncRun], MailSection | None]

_sections: list[Section] = []


def register_section(section: Section) -> None:
    """Mails of runs that succeeded have it from now on; registering it again changes nothing."""
    if section not in _sections:
        _sections.append(section)


def announce(run: SyncRun) -> None:
    """The run's summary is on its way; a preview has none. Mail that cannot be queued holds nothing up."""
    if run.is_preview or run.is_open:
        return
    try:
        enqueue("mail", JOB, run.id)
    except LotledgerError as error:
        log.warning("summary not queued", run=run.id, reason=error.message)


def send(run_id: int) -> None:
    """Every recipient whose mail is taken has been sent the summary.

    Raises the last MailFailed, after all were tried, so that the queue keeps a trace.
    """
    run = db.session.get(SyncRun, run_id)
    if run is None:
        return
    subject = f"{run.title}: {run.status}"
    link = public_url("sync.run", run_id=run.id)
    facts = {"run": run, "link": link, "sections": sections_of(run)}
    send_each(
        recipients(failed=run.status != RunStatus.SUCCEEDED),
        lambda user: send_mail(user.email, subject, "sync/mail/summary", user=user, **facts),
    )


def sections_of(run: SyncRun) -> list[MailSection]:
    """What the rooms above have to say of a run that succeeded."""
    if run.status != RunStatus.SUCCEEDED:
        return []
    return [told for section in _sections if (told := section(run))]


def recipients(*, failed: bool) -> list[User]:
    """The people who want to hear of a run that ended so, and may see it."""
    wanted = ("always", "failures") if failed else ("always",)
    people = db.session.scalars(
        select(User).where(User.is_active, User.sync_mail.in_(wanted)).order_by(User.id)
    )
    return [user for user in people if allows(user, "sync_items")]
