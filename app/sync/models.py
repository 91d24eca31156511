"""Runs of a sync and what each of them changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db


class RunKind(StrEnum):
    """What a run does."""

    ITEM_SYNC = "item_sync"
    ITEM_PREVIEW = "item_preview"
    SALES_SYNC = "sales_sync"


class RunStatus(StrEnum):
    """Where a run stands; the first two are open, the others are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class EntryAction(StrEnum):
    """What happened to one record in a run."""

    CREATED = "created"
    UPDATED = "updated"
    DEACTIVATED = "deactivated"
    PRODUCT = "product"

    @property
    def label(self) -> str:
        """What happened, as people read it."""
        return ACTION_LABELS[self]


ACTION_LABELS = {
    EntryAction.CREATED: "Created",
    EntryAction.UPDATED: "Updated",
    EntryAction.DEACTIVATED: "Deactivated",
    EntryAction.PRODUCT: "Product changed",
}


OPEN_STATUSES = (RunStatus.QUEUED, RunStatus.RUNNING)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class SyncRun(Model):
    """One run of a sync, from the click to its end. At most one is open at any time.

    The four counts are exact once the run has succeeded; `processed` counts the records read so far.
    `products_changed` and `stock_changed` count the products that took something over from the books.
    """

    __tablename__ = "sync_runs"
    __table_args__ = (
        CheckConstraint(_one_of("kind", RunKind), name="kind"),
        CheckConstraint(_one_of("status", RunStatus), name="status"),
        Index(
            "uq_sync_runs_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index("ix_sync_runs_connection_id", "connection_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=RunStatus.QUEUED)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    queued_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    heartbeat_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    fence: Mapped[int | None] = mapped_column(BigInteger)
    total_expected: Mapped[int | None] = mapped_column(Integer)
    processed: Mapped[int] = mapped_column(Integer, server_default="0")
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    deactivated: Mapped[int] = mapped_column(Integer, server_default="0")
    skipped: Mapped[int] = mapped_column(Integer, server_default="0")
    products_changed: Mapped[int] = mapped_column(Integer, server_default="0")
    stock_changed: Mapped[int] = mapped_column(Integer, server_default="0")
    message: Mapped[str | None] = mapped_column(Text)
    trace_id: Mapped[str | None] = mapped_column(Text)
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))

    @property
    def is_open(self) -> bool:
        """Whether the run still waits or works."""
        return self.status in OPEN_STATUSES

    @property
    def is_preview(self) -> bool:
        """Whether the run only shows what a sync would change."""
        return self.kind == RunKind.ITEM_PREVIEW

    @property
    def seconds(self) -> Decimal | None:
        """How long the run worked, in seconds with three decimals; None before its end."""
        if self.finished_at is None:
            return None
        worked = self.finished_at - (self.started_at or self.queued_at)
        return Decimal(worked // timedelta(milliseconds=1)) / 1000


class SyncEntry(Model):
    """What a run did to one record; `changes` maps a field to its value before and after.

    The first three actions are those of a record of the books, named as it is there; the last is that of the
    product that is linked to it, named as it is here. What became of its stock is not told here.
    """

    __tablename__ = "sync_entries"
    __table_args__ = (
        CheckConstraint(_one_of("action", EntryAction), name="action"),
        PrimaryKeyConstraint("run_id", "action", "id"),
        Index(
            "ix_sync_entries_external_id",
            "external_id",
            postgresql_using="brin",
            postgresql_ops={"external_id": "text_bloom_ops(n_distinct_per_range = 500)"},
            postgresql_with={"pages_per_range": 4, "autosummarize": "on"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    run_id: Mapped[int] = mapped_column(BigInteger)  # of sync_runs; see migration 0011 for the missing key
    external_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
