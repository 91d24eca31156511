"""The audit log: who changed which setting, when, from what to what.

Rows are only ever added; a trigger in the database refuses anything else (OQ-56).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.foundation.clock import utcnow


class AuditEntry(Model):
    """One change; `user_id` is empty for what was done on the command line or by the program itself."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_action_id", "action", "id"),
        sa.Index("ix_audit_entries_user_id_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), default=utcnow
    )
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[str] = mapped_column(sa.Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


def record(
    *,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    user_id: int | None,
) -> None:
    """The current transaction will add this entry to the audit log when it commits.

    `action` is a dotted word such as `connection.disconnected`, `subject` what it was done to, for people;
    `before` and `after` hold only what changed, in values that JSON knows, and never a secret.
    """
    db.session.add(
        AuditEntry(
            action=action,
            subject=subject,
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            user_id=user_id,
        )
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of `before` and `after` that differ, for `record`; both empty when nothing changed."""
    different = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in different}, {key: after[key] for key in different}
