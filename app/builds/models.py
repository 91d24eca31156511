"""Builds, their lines and what happened to them. Others may read these tables; only this room writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.boms.models import Bom
from app.builds.statuses import BuildStatus, Event, Recovery, RejectionReason
from app.extensions import Model, db
from app.foundation.clock import utcnow
from app.people.models import User
from app.products.models import Product
from app.stock.models import StockTransaction

SOURCE = "build"
"""The kind under which the ledger knows a build's movements."""


def number_of(build_id: int) -> str:
    """What people call the build: B-000123."""
    return f"B-{build_id:06d}"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Build(Model):
    """A BOM version carried out `quantity` times, or planned to be.

    The four costs are those of its moment (COST-6): `total_cost` is exactly `material_cost` plus
    `cost_lines_total`, and what the output came in at. `waste_cost` is what a rejection lost of the material
    (EXW-2). `token` came with the form, so that a form that is sent twice makes one build.
    """

    __tablename__ = "builds"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(_one_of("status", BuildStatus), name="status"),
        CheckConstraint(_one_of("rejection_reason", RejectionReason), name="rejection_reason"),
        CheckConstraint(_one_of("recovery", Recovery), name="recovery"),
        CheckConstraint("(status = 'planned') = (queue_position IS NOT NULL)", name="only_planned_queue"),
        CheckConstraint(
            "(status = 'planned') = (executed_at IS NULL) AND (status = 'planned') = (total_cost IS NULL)",
            name="executed",
        ),
        CheckConstraint("total_cost = material_cost + cost_lines_total", name="total_cost"),
        CheckConstraint("(status = 'reversed') = (reversed_at IS NOT NULL)", name="reversed_at"),
        Index("ix_builds_queue", "queue_position", "id", postgresql_where=text("status = 'planned'")),
        Index("ix_builds_status_id", "status", "id"),
        Index("ix_builds_status_executed_at_id", "status", "executed_at", "id"),
        Index("ix_builds_product_id_id", "product_id", "id"),
        Index("ix_builds_bom_id", "bom_id"),
        Index("ix_builds_executed_at_id", "executed_at", "id"),
        Index("ix_builds_target_date", "target_date", postgresql_where=text("status = 'planned'")),
        Index("ix_builds_search", "search", postgresql_using="gin"),
        Index("uq_builds_token", "token", unique=True),
        Index(
            "uq_builds_auto_planned",
            "product_id",
            unique=True,
            postgresql_where=text("auto_generated AND status = 'planned'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    bom_id: Mapped[int] = mapped_column(ForeignKey(Bom.id))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    status: Mapped[str] = mapped_column(Text)
    queue_position: Mapped[int | None] = mapped_column(BigInteger)
    target_date: Mapped[date | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    notes: Mapped[str] = mapped_column(Text, default="")
    auto_generated: Mapped[bool] = mapped_column(default=False)
    modified: Mapped[bool] = mapped_column(default=False)
    token: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)
    created_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    executed_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    executed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reviewed_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    review_notes: Mapped[str] = mapped_column(Text, default="")
    rejection_reason: Mapped[str | None] = mapped_column(Text)
    recovery: Mapped[str | None] = mapped_column(Text)
    reversed_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    material_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    cost_lines_total: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    total_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    unit_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    waste_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    # The words of the product's name and SKU, which the database keeps as the product has them now.
    search: Mapped[str] = mapped_column(TSVECTOR, FetchedValue(), deferred=True)

    @property
    def number(self) -> str:
        """What people call the build: B-000123."""
        return number_of(self.id)

    @property
    def status_label(self) -> str:
        """The status as people read it."""
        return BuildStatus(self.status).label

    @property
    def is_waste(self) -> bool:
        """Whether it was rejected with a loss, so that its export is one of waste (EXW-1)."""
        return self.recovery in (Recovery.NONE, Recovery.PARTIAL)


class BuildLine(Model):
    """One component of one build (BLD-22).

    `quantity_per_unit` is the BOM's, zero for a component that was added by hand; `quantity` what the build
    is to consume, zero for one left out. Once executed, `consumed` and `consumed_cost` are what it took
    (less than `quantity` of an optional component that was scarce) and `transaction_id` is the ledger's
    transaction, empty when it took nothing. `recovered` is what a rejection gave back of it.
    """

    __tablename__ = "build_lines"
    __table_args__ = (
        CheckConstraint("quantity_per_unit >= 0", name="quantity_per_unit"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("consumed >= 0 AND consumed <= quantity AND consumed_cost >= 0", name="consumed"),
        CheckConstraint("recovered >= 0 AND recovered <= consumed AND recovered_cost >= 0", name="recovered"),
        CheckConstraint("optional OR consumed = quantity", name="required_is_whole"),
        UniqueConstraint("build_id", "position"),
        UniqueConstraint("build_id", "component_id"),
        Index("ix_build_lines_component_id", "component_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    build_id: Mapped[int] = mapped_column(ForeignKey(Build.id, ondelete="CASCADE"))
    component_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    position: Mapped[int] = mapped_column(Integer)
    quantity_per_unit: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    optional: Mapped[bool] = mapped_column(default=False)
    consumed: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    consumed_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    recovered: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    recovered_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey(StockTransaction.id))


class BuildEvent(Model):
    """What happened to a build, when and by whom (BLD-4); `user_id` is empty for what the program did."""

    __tablename__ = "build_events"
    __table_args__ = (
        CheckConstraint(_one_of("event", Event), name="event"),
        CheckConstraint(_one_of("from_status", BuildStatus), name="from_status"),
        CheckConstraint(_one_of("to_status", BuildStatus), name="to_status"),
        Index("ix_build_events_build_id_id", "build_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    build_id: Mapped[int] = mapped_column(ForeignKey(Build.id, ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    event: Mapped[str] = mapped_column(Text)
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def event_label(self) -> str:
        """What happened, as the timeline says it."""
        return Event(self.event).label
