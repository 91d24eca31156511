"""The catalogue's tables: the products, and what people said when they adjusted stock by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.foundation.clock import utcnow
from app.people.models import User

LONGEST_SKU = 100
LONGEST_NAME = 250
LONGEST_UNIT = 30


class ProductType(StrEnum):
    """What a product is for (PROD-2); raw material and component differ by the word only (PROD-3)."""

    RAW_MATERIAL = "raw_material"
    COMPONENT = "component"
    SUB_ASSEMBLY = "sub_assembly"
    FINISHED_GOOD = "finished_good"

    @property
    def label(self) -> str:
        """The type as people read it: "Raw material"."""
        return TYPE_LABELS[self]


TYPE_LABELS = {
    ProductType.RAW_MATERIAL: "Raw material",
    ProductType.COMPONENT: "Component",
    ProductType.SUB_ASSEMBLY: "Sub-assembly",
    ProductType.FINISHED_GOOD: "Finished good",
}


class Product(Model):
    """What the workspace keeps stock of. No two products share a SKU, whatever the case of its letters."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sku: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    product_type: Mapped[str] = mapped_column(Text, default=ProductType.RAW_MATERIAL)
    unit: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    reorder_point: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow, onupdate=utcnow)
    search: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("lotledger_words(sku || ' ' || name)", persisted=True), deferred=True
    )

    __table_args__ = (
        CheckConstraint(
            "product_type IN ('raw_material', 'component', 'sub_assembly', 'finished_good')",
            name="product_type",
        ),
        CheckConstraint("reorder_point >= 0", name="reorder_point"),
        CheckConstraint(f"sku <> '' AND length(sku) <= {LONGEST_SKU}", name="sku"),
        CheckConstraint(f"name <> '' AND length(name) <= {LONGEST_NAME}", name="name"),
        Index("uq_products_lower_sku", func.lower(sku), unique=True),
        Index("ix_products_lower_name_id", func.lower(name), "id"),
        Index("ix_products_product_type", "product_type", func.lower(name), "id"),
        Index("ix_products_inactive", func.lower(name), "id", postgresql_where=text("NOT is_active")),
        Index(
            "ix_products_reorder_point",
            "id",
            postgresql_include=["reorder_point", "is_active"],
            postgresql_where=text("reorder_point IS NOT NULL"),
        ),
        Index("ix_products_search", "search", postgresql_using="gin"),
    )

    @property
    def type_label(self) -> str:
        """The product's type as people read it."""
        return ProductType(self.product_type).label

    @property
    def state(self) -> str:
        """Whether it is offered for new work, as a word."""
        return "active" if self.is_active else "inactive"


class StockAdjustment(Model):
    """Why stock was adjusted by hand (ADJ-3); the ledger's transaction has this row as its source.

    `token` came with the form: the database lets a form that is sent twice in once.
    """

    __tablename__ = "stock_adjustments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    reason: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, default="")
    token: Mapped[UUID] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    adjusted_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)

    __table_args__ = (
        CheckConstraint(
            "reason IN ('received_stock', 'count_correction', 'breakage_loss', 'other')", name="reason"
        ),
        Index("ix_stock_adjustments_product_id", "product_id"),
    )
