"""The tables of BOMs: a row for each version, with its components and cost lines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.people.models import User
from app.products.models import Product

LONGEST_LABEL = 100


class BomStatus(StrEnum):
    """Whether a version is the one that is built, was so, or may become so (BOM-30)."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DRAFT = "draft"


class CostKind(StrEnum):
    """What a cost line stands for (BOM-20)."""

    LABOR = "labor"
    OVERHEAD = "overhead"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return self.value.capitalize()


class Bom(Model):
    """One version of a product's BOM. `build_point` and `target_level` are stock of the product (BOM-8).

    `created_at` is the moment of the transaction that made it; the database takes its lines in that one only.
    """

    __tablename__ = "boms"
    __table_args__ = (
        UniqueConstraint("product_id", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("status IN ('active', 'archived', 'draft')", name="status"),
        CheckConstraint("(status = 'archived') = (archived_at IS NOT NULL)", name="archived_at"),
        CheckConstraint("build_point >= 0", name="build_point"),
        CheckConstraint(
            "target_level IS NULL OR build_point IS NOT NULL AND target_level > build_point",
            name="target_level",
        ),
        Index("uq_boms_active", "product_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("uq_boms_draft", "product_id", unique=True, postgresql_where=text("status = 'draft'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    build_point: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    target_level: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    created_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), server_default=func.now())
    created_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    archived_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))


class BomLine(Model):
    """A component of one unit (BOM-2): each product at most once in a version."""

    __tablename__ = "bom_lines"
    __table_args__ = (
        UniqueConstraint("bom_id", "position"),
        UniqueConstraint("bom_id", "component_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("position > 0", name="position"),
        Index("ix_bom_lines_component_id_bom_id", "component_id", "bom_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bom_id: Mapped[int] = mapped_column(ForeignKey(Bom.id))
    position: Mapped[int]
    component_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    optional: Mapped[bool] = mapped_column(server_default=text("false"))


class BomCost(Model):
    """What one unit costs beside its components (BOM-20), perhaps as a rate times a quantity (BOM-21)."""

    __tablename__ = "bom_costs"
    __table_args__ = (
        UniqueConstraint("bom_id", "position"),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("kind IN ('labor', 'overhead', 'other')", name="kind"),
        CheckConstraint(f"label <> '' AND length(label) <= {LONGEST_LABEL}", name="label"),
        CheckConstraint("cost_per_unit >= 0", name="cost_per_unit"),
        CheckConstraint(
            "(rate IS NULL) = (quantity_per_unit IS NULL) AND rate >= 0 AND quantity_per_unit > 0",
            name="rate",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bom_id: Mapped[int] = mapped_column(ForeignKey(Bom.id))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    cost_per_unit: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    quantity_per_unit: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))

    @property
    def kind_label(self) -> str:
        """The kind as people read it."""
        return CostKind(self.kind).label
