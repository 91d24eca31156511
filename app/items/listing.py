"""The accounting items as a list: searched, filtered, sorted, paged, downloaded, and a selection from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.foundation.ids import id_from
from app.foundation.lists.tables import Column, Filter, Listing
from app.integrations.models import Connection
from app.items.models import AccountingItem, ItemLink, text_key
from app.items.selection import ItemFilter, ItemState, Selection, matching_words, state_condition
from app.items.words import TYPE_LABELS, states, type_label
from app.products.models import Product
from app.providers.base import ItemType

TYPES = (("", "All types"), *((kind.value, label) for kind, label in TYPE_LABELS.items()))
STATES = (
    ("", "All but hidden"),
    (ItemState.NOT_IMPORTED.value, "Not imported"),
    (ItemState.IMPORTED.value, "Imported"),
    (ItemState.HIDDEN.value, "Hidden"),
    (ItemState.INACTIVE.value, "Inactive"),
)

NO_LIMIT: ColumnElement[int] = literal_column("1000000000")


def companies() -> list[tuple[str, str]]:
    """The companies to choose from, connected at the moment or not; no choice where there is one only."""
    rows = db.session.execute(select(Connection.id, Connection.company_name).order_by(Connection.id)).all()
    named = [(str(number), name) for number, name in rows]
    return [("", "All companies"), *(named if len(named) > 1 else [])]


def _in_state(value: str) -> ColumnElement[bool]:
    return state_condition(ItemState(value) if value else None)


def _keys_in_state(value: str) -> Select[int] | None:
    return waiting_items() if value == ItemState.NOT_IMPORTED.value else None


def waiting_items() -> Select[int]:
    """The items that wait for their import, from the indexes of items and of links, read side by side.

    As people would rather ask, "whose link does not exist", the database looks up every item's link, since it
    expects that few have none; so it is told that a link may be distinct, and a limit that nothing reaches.
    """
    free = (
        select(AccountingItem.id)
        .outerjoin(ItemLink, ItemLink.accounting_item_id == AccountingItem.id)
        .where(ItemLink.accounting_item_id.is_distinct_from(AccountingItem.id))
        .limit(NO_LIMIT)
        .subquery()
    )
    waiting = select(AccountingItem.id).join(free, free.c.id == AccountingItem.id)
    return waiting.where(AccountingItem.active, AccountingItem.visible)


def _of_type(value: str) -> ColumnElement[bool] | None:
    return AccountingItem.item_type == value if value else None


def _of_company(value: str) -> ColumnElement[bool] | None:
    return AccountingItem.connection_id == int(value) if value else None


ITEMS = Listing(
    name="items",
    noun="item",
    key=AccountingItem.id,
    columns=(
        Column("name", "Name", sort=text_key(AccountingItem.name)),
        Column("sku", "SKU", sort=text_key(AccountingItem.sku), nullable=True),
        Column("item_type", "Type", value=lambda row: type_label(row.item_type)),
        Column("unit_price", "Price", numeric=True),
        Column("purchase_cost", "Cost", numeric=True),
        Column("quantity_on_hand", "In the books", numeric=True),
        Column("state", "State", value=lambda row: ", ".join(word for word, _ in states(row))),
        Column("product_name", "Product"),
    ),
    default_sort="name",
    search=matching_words,
    search_hint="Name or SKU",
    filters=(
        Filter("state", "State", STATES, _in_state, _keys_in_state),
        Filter("type", "Type", TYPES, _of_type),
        Filter("connection", "Company", companies, _of_company),
    ),
    row_per_key=True,
)


@cache
def item_rows() -> Select[Any]:
    """What the list shows of each item: its own columns and the product that it became.

    The product is looked up per row shown, not joined: a join would be made for all that match, then sorted.
    """
    link = select(ItemLink.product_id).where(ItemLink.accounting_item_id == AccountingItem.id)
    product = select(Product.name).join(ItemLink, ItemLink.product_id == Product.id)
    name = product.where(ItemLink.accounting_item_id == AccountingItem.id)
    shown: tuple[Any, ...] = (
        AccountingItem.id,
        AccountingItem.name,
        AccountingItem.full_name,
        AccountingItem.sku,
        AccountingItem.item_type,
        AccountingItem.unit_price,
        AccountingItem.purchase_cost,
        AccountingItem.quantity_on_hand,
        AccountingItem.active,
        AccountingItem.visible,
        link.scalar_subquery().label("product_id"),
        name.scalar_subquery().label("product_name"),
    )
    return select(*shown)


def filter_from(args: Mapping[str, str]) -> ItemFilter:
    """The filter that the list's parameters mean; what is not offered there means nothing here."""
    asked = ITEMS.asked(args)
    chosen = {each.name: each.value for each in asked.filters}
    return ItemFilter(
        words=asked.q,
        item_type=ItemType(chosen["type"]) if chosen["type"] else None,
        state=ItemState(chosen["state"]) if chosen["state"] else None,
        connection_id=int(chosen["connection"]) if chosen["connection"] else None,
    )


def selection_from(args: MultiDict[str, str]) -> Selection:
    """The items that a form or an address means: `all` that match its filter, or each `item`."""
    narrowed = filter_from(args)
    if args.get("all"):
        return Selection(None, narrowed)
    numbers = {number for text in args.getlist("item") if (number := id_from(text))}
    return Selection(tuple(sorted(numbers)), narrowed)
