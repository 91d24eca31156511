"""The mail that follows a sync, to each person who asked for it (design section 11)."""

from __future__ import annotations

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
from app.sync.changes import as_text
from app.sync.models import EntryAction, RunStatus, SyncEntry, SyncRun

log = structlog.get_logger()

JOB = "app.sync.jobs.mail_summary"


MOST_CHANGES = 20


class StockChange(NamedTuple):
    """A product and what of its stock changed, from and to."""

    name: str
    words: str


class StockChanges(NamedTuple):
    """What a mail says of stock: the first changes, and how many more there are."""

    shown: list[StockChange]
    more: int


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
    stock = stock_changes(run)
    facts = {"run": run, "link": link, "stock": stock}
    send_each(
        recipients(failed=run.status != RunStatus.SUCCEEDED),
        lambda user: send_mail(user.email, subject, "sync/mail/summary", user=user, **facts),
    )


def stock_changes(run: SyncRun) -> StockChanges:
    """The first stock changes of the run, product by product, and how many there are beyond them."""
    query = select(SyncEntry).where(SyncEntry.run_id == run.id, SyncEntry.action == EntryAction.STOCK)
    found = db.session.scalars(query.order_by(SyncEntry.id).limit(MOST_CHANGES)).all()
    shown = [StockChange(entry.name, as_text(entry.changes)) for entry in found]
    return StockChanges(shown, max(0, run.stock_changed - len(shown)))


def recipients(*, failed: bool) -> list[User]:
    """The people who want to hear of a run that ended so, and may see it."""
    wanted = ("always", "failures") if failed else ("always",)
    people = db.session.scalars(
        select(User).where(User.is_active, User.sync_mail.in_(wanted)).order_by(User.id)
    )
    return [user for user in people if allows(user, "sync_items")]
