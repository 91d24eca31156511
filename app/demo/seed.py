"""The sample workspace: a furniture and lamp workshop, its people, and all that they made in a year."""

from __future__ import annotations

import structlog

from app.demo.workshop import fill_workshop
from app.extensions import db
from app.people.models import SyncMail
from app.people.permissions import Role
from app.people.profile import choose_sync_mail
from app.people.sign_in import nobody_yet
from app.workspace.setup import NewPerson, create_user, set_up

PASSWORD = "oak-and-brass"  # noqa: S105  printed for everybody who starts the demo
OWNER = NewPerson("owner@example.com", "Maren", "Alder", PASSWORD)
BOOKKEEPER = NewPerson("bookkeeper@example.com", "Theo", "Quill", PASSWORD)
BUILDER = NewPerson("builder@example.com", "Ines", "Joyner", PASSWORD)

log = structlog.get_logger()


def seed_workspace() -> bool:
    """The sample workspace exists; whether this call made it. A workspace with people in it is left alone."""
    if not nobody_yet():
        return False
    owner = set_up(OWNER, name="Alder & Finch Woodworks", time_zone="America/Los_Angeles", currency="USD")
    choose_sync_mail(owner, SyncMail.ALWAYS)  # so that the mailbox of the demo has something to show
    create_user(BOOKKEEPER, Role.ACCOUNTANT)
    builder = create_user(BUILDER, Role.BUILDER)
    _fill(owner.id, builder.id)
    return True


def _fill(owner_id: int, builder_id: int) -> None:
    """The workshop is filled; a failure leaves it emptier, which is no reason not to show it."""
    try:
        fill_workshop(owner_id, builder_id)
    except Exception:
        db.session.rollback()
        log.exception("the demo's workshop is not filled")
