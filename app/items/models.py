"""Local copies of the accounting system's items, and the link that makes one of them a product (IMP-1…3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ColumnExpressionArgument,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.extensions import Model, db
from app.foundation.clock import utcnow
from app.integrations.models import Connection
from app.products.models import Product


def text_key(column: ColumnExpressionArgument[str | None]) -> ColumnElement[str]:
    """The part of a provider's text that is indexed and sorted by: its first hundred characters, lower case.

    Names have no bound of ours, index rows have one. The length is written into the statement, since an index
    on an expression is not found by a parameter.
    """
    return func.lower(func.left(column, literal_column("100")))


class AccountingItem(Model):
    """One item of one connected company as the last sync left it (SYNC-3); never deleted (SYNC-8).

    `content_hash` is the digest of the provider's own document, by which a sync knows it again; the document
    itself is kept with the page that it came on. `visible` is ours (IMP-4) and no sync touches it. Prices
    have six decimals. The words in `search` are stored by the database for a new item, and by whoever renames
    one (migration 0025).
    """

    __tablename__ = "accounting_items"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    connection_id: Mapped[int] = mapped_column(BigInteger)  # see migration 0011 for the missing key
    external_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    sku: Mapped[str | None] = mapped_column(Text)
    item_type: Mapped[str] = mapped_column(Text)
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    purchase_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    quantity_on_hand: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    income_account_id: Mapped[str | None] = mapped_column(Text)
    expense_account_id: Mapped[str | None] = mapped_column(Text)
    asset_account_id: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]
    visible: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    first_seen_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    search: Mapped[str | None] = mapped_column(TSVECTOR, FetchedValue(), deferred=True)

    connection: Mapped[Connection] = relationship(
        primaryjoin=lambda: foreign(AccountingItem.connection_id) == Connection.id
    )
    link: Mapped[ItemLink | None] = relationship(back_populates="accounting_item", uselist=False)

    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        CheckConstraint(
            "item_type IN ('inventory', 'non_inventory', 'service', 'group', 'bundle', 'other')",
            name="item_type",
        ),
        Index("ix_accounting_items_name", text_key(name), "id"),
        Index("ix_accounting_items_sku", text_key(sku), "id"),
        Index(
            "ix_accounting_items_type",
            "item_type",
            text_key(name),
            "id",
            postgresql_where=text("item_type <> 'inventory'"),
        ),
        Index("ix_accounting_items_search", "search", postgresql_using="gin"),
        Index("ix_accounting_items_hidden", "id", postgresql_where=text("NOT visible")),
        Index("ix_accounting_items_inactive", "id", postgresql_where=text("NOT active")),
    )

    @property
    def product_id(self) -> int | None:
        """The product that the item became or was linked to, if it was."""
        return self.link.product_id if self.link else None


class ItemPage(Model):
    """A page of the last successful listing, by whose digest the next sync knows it again, unread.

    `listed` counts its rows, `external_ids` are its items and `documents` what the provider said of each, in
    the same order, letter for letter, packed by the module `documents`. `run_id` is the run that found the
    page here. Pages hold for the item types that were let in.
    """

    __tablename__ = "accounting_item_pages"

    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    listed: Mapped[int] = mapped_column(Integer)
    external_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    documents: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class StockChange(Model):
    """What a sync changed of a product's stock, or a preview would: what it was, and what it is since.

    For the missing keys see migrations 0011 and 0026.
    """

    __tablename__ = "sync_stock_changes"

    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    on_hand_before: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    on_hand_after: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    unit_cost_before: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_cost_after: Mapped[Decimal] = mapped_column(Numeric(18, 6))


class ItemLink(Model):
    """The tie between a product and an accounting item: one product per item, one item per company (OQ-14).

    It carries the company, so that the database itself can refuse a second item of the same one.
    """

    __tablename__ = "item_links"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    accounting_item_id: Mapped[int] = mapped_column(ForeignKey("accounting_items.id"), unique=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    linked_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True), default=utcnow)
    linked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    product: Mapped[Product] = relationship()
    accounting_item: Mapped[AccountingItem] = relationship(back_populates="link")
    connection: Mapped[Connection] = relationship()

    __table_args__ = (UniqueConstraint("product_id", "connection_id"),)
