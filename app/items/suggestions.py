"""The list of link suggestions: searched, filtered, paged, downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select

from app.foundation.errors import InvalidInput
from app.foundation.ids import id_from
from app.foundation.lists.tables import Column, Filter, Listing
from app.integrations.models import Connection
from app.items.candidates import Reason
from app.items.listing import companies
from app.items.models import AccountingItem
from app.items.pairs import PAIRS, Pair
from app.items.words import type_label
from app.products.models import Product

PAGE_SIZE = 100
CLEAR, SEVERAL = "clear", "several"
REASONS = (("", "All"), *((reason.value, f"The {reason.label}") for reason in Reason))
CANDIDATES = (("", "All"), (CLEAR, "One candidate"), (SEVERAL, "Several candidates"))

# The items of a product stand together, also where products share a name.
_PLACE = func.lower(Product.name).concat(" ").concat(cast(Product.id, Text))


def _by_words(text: str) -> ColumnElement[bool]:
    wanted = text.lower()
    texts = (Product.name, Product.sku, AccountingItem.name, AccountingItem.sku)
    return or_(*(func.lower(each).contains(wanted, autoescape=True) for each in texts))


def _by_reason(value: str) -> ColumnElement[bool] | None:
    return PAIRS.c.reason == value if value else None


def _by_candidates(value: str) -> ColumnElement[bool] | None:
    return PAIRS.c.clear == (value == CLEAR) if value else None


def _of_company(value: str) -> ColumnElement[bool] | None:
    return PAIRS.c.connection_id == int(value) if value else None


SUGGESTIONS = Listing(
    name="link-suggestions",
    noun="suggestion",
    key=PAIRS.c.item_id,
    columns=(
        Column("product_name", "Product", sort=_PLACE),
        Column("product_sku", "SKU"),
        Column("reason", "Why", value=lambda row: Reason(row.reason).label),
        Column("item_name", "Item"),
        Column("item_sku", "Item's SKU"),
        Column("item_type", "Type", value=lambda row: type_label(row.item_type)),
        Column("company", "Company"),
        Column("clear", "Candidates", value=lambda row: "one" if row.clear else "several"),
    ),
    default_sort="product_name",
    search=_by_words,
    search_hint="Name or SKU",
    filters=(
        Filter("candidates", "Candidates", CANDIDATES, _by_candidates),
        Filter("why", "Why", REASONS, _by_reason),
        Filter("connection", "Company", companies, _of_company),
    ),
    page_size=PAGE_SIZE,
)


def suggestion_rows() -> Select[Any]:
    """What the list shows of each pair; `id` is what the form sends of it, `name` what a box is called."""
    number = cast(PAIRS.c.product_id, Text).concat("-").concat(cast(PAIRS.c.item_id, Text))
    shown: tuple[Any, ...] = (
        number.label("id"),
        Product.name.concat(" for ").concat(AccountingItem.name).label("name"),
        PAIRS.c.product_id,
        Product.name.label("product_name"),
        Product.sku.label("product_sku"),
        PAIRS.c.item_id,
        AccountingItem.name.label("item_name"),
        AccountingItem.sku.label("item_sku"),
        AccountingItem.item_type,
        Connection.company_name.label("company"),
        PAIRS.c.reason,
        PAIRS.c.clear,
    )
    return (
        select(*shown)
        .select_from(PAIRS)
        .join(Product, Product.id == PAIRS.c.product_id)
        .join(AccountingItem, AccountingItem.id == PAIRS.c.item_id)
        .join(Connection, Connection.id == PAIRS.c.connection_id)
    )


def pairs_from(texts: Iterable[str]) -> list[Pair]:
    """The pairs that a form's boxes mean; raises InvalidInput for one that no page of ours has."""
    found: list[Pair] = []
    for text in texts:
        product, _, item = text.partition("-")
        numbers = id_from(product), id_from(item)
        if numbers[0] is None or numbers[1] is None or len(found) == PAGE_SIZE:
            raise InvalidInput("Tick suggestions of this page, then press “Link selected”.")
        found.append((numbers[0], numbers[1]))
    return found
