"""The audit log as a list: who did what, when, from what to what (OQ-56)."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.foundation.lists.listing import Choices, Condition
from app.foundation.lists.tables import Column, Filter, Listing
from app.people.models import User

PROGRAM = "0"  # no user has this id
ROW: tuple[Any, ...] = (AuditEntry, User)


def entries() -> Select[Any]:
    """The entries with the person of each, where there is one."""
    return sa.select(*ROW).outerjoin(User, User.id == AuditEntry.user_id)


def changed_facts(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What an entry changed: fact, from, to, in words."""
    before, after = entry.before or {}, entry.after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [(name.replace("_", " "), _word(before.get(name)), _word(after.get(name))) for name in names]


def action_label(action: str) -> str:
    """An action's dotted word as people read it: `team.role_changed` is "Team: role changed"."""
    area, _, event = action.partition(".")
    return f"{area.capitalize()}: {event.replace('_', ' ')}" if event else area.capitalize()


def _word(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _actions() -> Choices:
    known = db.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action))
    return [("", "All actions"), *((action, action_label(action)) for action in known)]


def _people() -> Choices:
    order = (sa.func.lower(User.first_name), sa.func.lower(User.last_name), User.id)
    everybody = db.session.scalars(sa.select(User).order_by(*order))
    named = [(str(user.id), user.full_name) for user in everybody]
    return [("", "Everybody"), *named, (PROGRAM, "Command line")]


def _by_action(value: str) -> Condition | None:
    return AuditEntry.action == value if value else None


def _by_person(value: str) -> Condition | None:
    if value == PROGRAM:
        return AuditEntry.user_id.is_(None)
    return AuditEntry.user_id == int(value) if value else None


def _facts_in_file(row: sa.Row[AuditEntry, User]) -> str:
    return "; ".join(f"{name}: {old} → {new}" for name, old, new in changed_facts(row.AuditEntry))


AUDIT_LOG = Listing(
    name="audit-log",
    noun="entry",
    plural="entries",
    key=AuditEntry.id,
    columns=(
        Column("at", "When", sort=AuditEntry.id, value=lambda row: row.AuditEntry.at),
        Column("who", "Who", value=lambda row: row.User.full_name if row.User else "Command line"),
        Column("action", "What", value=lambda row: action_label(row.AuditEntry.action)),
        Column("subject", "Which", value=lambda row: row.AuditEntry.subject),
        Column("facts", "From → to", value=_facts_in_file),
    ),
    default_sort="-at",
    filters=(
        Filter("action", "What", _actions, _by_action),
        Filter("user", "Who", _people, _by_person),
    ),
)
