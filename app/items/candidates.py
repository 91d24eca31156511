"""What a product or an item could be linked to: what is probably the same thing, and what a search finds."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import QueryableAttribute

from app.extensions import db
from app.foundation.lists.search import matches
from app.items.models import AccountingItem, ItemLink, text_key
from app.products.models import Product

MOST = 20


class Reason(StrEnum):
    """Why two things are probably the same; the SKU says it better than the name."""

    SAME_SKU = "sku"
    SAME_NAME = "name"

    @property
    def label(self) -> str:
        """The reason as people read it."""
        return "same SKU" if self is Reason.SAME_SKU else "same name"


class SuggestedProduct(NamedTuple):
    """A product that is probably the item."""

    product: Product
    reason: Reason


class SuggestedItem(NamedTuple):
    """An item that is probably the product."""

    item: AccountingItem
    reason: Reason


def suggested_products(item: AccountingItem) -> list[SuggestedProduct]:
    """Products with the item's SKU, then those with its name, outer blanks and case aside; at most 20.

    None that has an item of the same company.
    """
    same_sku = func.lower(Product.sku) == _key(item.sku)
    same_name = func.lower(Product.name) == _key(item.name)
    query = (
        _free_products(item)
        .add_columns(same_sku.label("by_sku"))
        .where(or_(same_sku, same_name))
        .order_by(same_sku.desc(), Product.is_active.desc(), func.lower(Product.name), Product.id)
    )
    rows = db.session.execute(query.limit(MOST))
    return [SuggestedProduct(product, _reason(by_sku)) for product, by_sku in rows]


def found_products(item: AccountingItem, words: str) -> list[Product]:
    """Products that a search finds, at most 20; none that has an item of the same company."""
    found = matches(Product.search, words)
    if found is None:
        return []
    query = _free_products(item).where(found)
    query = query.order_by(Product.is_active.desc(), func.lower(Product.name), Product.id)
    return list(db.session.scalars(query.limit(MOST)))


def suggested_items(product: Product) -> list[SuggestedItem]:
    """Items with the product's SKU, then those with its name, outer blanks and case aside; at most 20.

    Active and visible ones without product, of companies that the product has no item of.
    """
    same_sku = _same(AccountingItem.sku, product.sku)
    same_name = _same(AccountingItem.name, product.name)
    by_sku = case((func.lower(func.btrim(AccountingItem.sku)) == _key(product.sku), True), else_=False)
    query = (
        _free_items(product)
        .add_columns(by_sku.label("by_sku"))
        .where(AccountingItem.visible, or_(same_sku, same_name))
        .order_by(by_sku.desc(), text_key(AccountingItem.name), AccountingItem.id)
    )
    rows = db.session.execute(query.limit(MOST))
    return [SuggestedItem(item, _reason(by_sku)) for item, by_sku in rows]


def found_items(product: Product, words: str) -> list[AccountingItem]:
    """Items that a search finds, hidden ones too, at most 20; active ones without product, as above."""
    found = matches(AccountingItem.search, words)
    if found is None:
        return []
    query = _free_items(product).where(found).order_by(text_key(AccountingItem.name), AccountingItem.id)
    return list(db.session.scalars(query.limit(MOST)))


def _free_products(item: AccountingItem) -> Select[Any]:
    taken = exists().where(ItemLink.product_id == Product.id, ItemLink.connection_id == item.connection_id)
    return select(Product).where(~taken)


def _free_items(product: Product) -> Select[Any]:
    linked = exists().where(ItemLink.accounting_item_id == AccountingItem.id)
    companies = select(ItemLink.connection_id).where(ItemLink.product_id == product.id)
    open_items = select(AccountingItem).where(AccountingItem.active, ~linked)
    return open_items.where(AccountingItem.connection_id.not_in(companies))


def _key(text: str | None) -> ColumnElement[str]:
    """Text as it is compared: by the database's own idea of lower case, on both sides."""
    return func.lower(func.btrim(text or ""))


def _same(column: QueryableAttribute[Any], text: str) -> ColumnElement[bool]:
    """The condition that a column says the same; the words in it are found by the index of the search."""
    same = func.lower(func.btrim(column)) == _key(text)
    begun = matches(AccountingItem.search, text)
    return same if begun is None else begun & same


def _reason(by_sku: bool) -> Reason:
    return Reason.SAME_SKU if by_sku else Reason.SAME_NAME
