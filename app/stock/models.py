"""The ledger's tables. Others may read them in queries; only this room writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.stock.kinds import Kind

LEGACY_RECEIVED_AT = datetime(1970, 1, 1, tzinfo=UTC)
"""When legacy lots count as received: before all others (OQ-61)."""

OPEN_LOT = "quantity_remaining > 0 AND status = 'active'"


class LotStatus(StrEnum):
    """Whether a lot still has something to give (LOT-2)."""

    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    VOIDED = "voided"


class StockMode(Model):
    """The one row that says whether stock is kept in lots."""

    __tablename__ = "stock_mode"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    lots_on: Mapped[bool] = mapped_column(server_default=text("false"))


class StockLevel(Model):
    """What is on hand of a product and what it cost; a product without a row has none and costs nothing."""

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("unit_cost >= 0", name="unit_cost"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True, autoincrement=False)
    on_hand: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="0")
    value: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default="0")
    unit_cost: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default="0")
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Lot(Model):
    """What came in at once (LOT-1), with the quantity and the cost it still has to give."""

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("number <> ''", name="number"),
        CheckConstraint("status IN ('active', 'exhausted', 'voided')", name="status"),
        CheckConstraint(
            "quantity_remaining >= 0 AND quantity_remaining <= original_quantity", name="quantity_remaining"
        ),
        CheckConstraint("cost_remaining >= 0 AND original_cost >= 0", name="cost_remaining"),
        CheckConstraint(
            "status = 'active' AND quantity_remaining > 0"
            " OR status <> 'active' AND quantity_remaining = 0 AND cost_remaining = 0",
            name="only_active_lots_hold_stock",
        ),
        Index("ix_lots_open", "product_id", "received_at", "id", postgresql_where=text(OPEN_LOT)),
        Index("ix_lots_product_id", "product_id", "id"),
        Index("ix_lots_source_kind_source_id", "source_kind", "source_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    number: Mapped[str] = mapped_column(Text)
    original_quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    original_cost: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    quantity_remaining: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    cost_remaining: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    received_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    expires_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(Text, server_default=LotStatus.ACTIVE)
    source_kind: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(BigInteger)


class StockTransaction(Model):
    """One change of a product's stock (STK-2); the database refuses to update or delete it.

    `quantity` and `cost` are signed, `on_hand_after` and `value_after` what they left. `lot_id` is the lot
    that it made, added to or corrected; what it took from lots stands in `lot_draws`.
    """

    __tablename__ = "stock_transactions"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(str(kind)) for kind in Kind)})", name="kind"),
        CheckConstraint("quantity <> 0 OR cost <> 0", name="moves_something"),
        # Histories are narrowed and charts are drawn from this index alone.
        Index(
            "ix_stock_transactions_product_id_id",
            "product_id",
            "id",
            postgresql_include=["occurred_at", "kind", "quantity"],
        ),
        # Nobody asks for what a sync moved, so that its hundred thousand movements need not be in here.
        Index(
            "ix_stock_transactions_source_kind_source_id",
            "source_kind",
            "source_id",
            postgresql_where=text("source_kind <> 'sync_run'"),
        ),
        Index(
            "uq_stock_transactions_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index(
            "ix_stock_transactions_gives_back_id",
            "gives_back_id",
            postgresql_where=text("gives_back_id IS NOT NULL"),
        ),
        Index("ix_stock_transactions_lot_id", "lot_id", postgresql_where=text("lot_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    on_hand_after: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    value_after: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    occurred_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    source_kind: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, server_default="")
    # See migration 0025 for the missing keys of these three.
    reverses_id: Mapped[int | None] = mapped_column(BigInteger)
    gives_back_id: Mapped[int | None] = mapped_column(BigInteger)
    lot_id: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def kind_label(self) -> str:
        """The kind as people read it."""
        return Kind(self.kind).label


class LotDraw(Model):
    """What one transaction took from one lot; negative when it gave back."""

    __tablename__ = "lot_draws"
    __table_args__ = (
        CheckConstraint("quantity <> 0", name="quantity"),
        Index("ix_lot_draws_transaction_id", "transaction_id"),
        Index("ix_lot_draws_lot_id", "lot_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("stock_transactions.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 6))


class Shortage(Model):
    """The part of a transaction that was not there, at its provisional cost; open until wholly resolved."""

    __tablename__ = "shortages"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND cost >= 0", name="quantity"),
        CheckConstraint("resolved_quantity >= 0 AND resolved_quantity <= quantity", name="resolved_quantity"),
        CheckConstraint("resolved_cost >= 0 AND resolved_cost <= cost", name="resolved_cost"),
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_quantity < quantity)"
            " AND (resolved_at IS NULL OR resolved_cost = cost)",
            name="resolved_at",
        ),
        Index(
            "ix_shortages_open", "product_id", "transaction_id", postgresql_where=text("resolved_at IS NULL")
        ),
    )

    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("stock_transactions.id"), primary_key=True, autoincrement=False
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    resolved_quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="0")
    resolved_cost: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default="0")
    resolved_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))


class UnexportedMovement(Model):
    """A local movement that the books do not know yet, or learned of at `exported_at` (OQ-7)."""

    __tablename__ = "unexported_movements"
    __table_args__ = (
        Index("ix_unexported_movements_exported_at", "exported_at"),
        Index("ix_unexported_movements_source_kind_source_id", "source_kind", "source_id"),
    )

    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("stock_transactions.id"), primary_key=True, autoincrement=False
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    source_kind: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    exported_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
