"""From what a person types, or a scanner reads, to the product that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Row, Select, Text, func, literal, select

from app.boms.availability import available_of, unit_cost_of
from app.boms.fields import Component
from app.extensions import db
from app.foundation.lists.search import matches
from app.foundation.pages.formatting import count_of
from app.foundation.pages.forms import is_storable
from app.products.models import LONGEST_NAME, Product

MOST_OFFERED = 12
UNKNOWN = "There is no product with this SKU or name."


@dataclass(frozen=True)
class Found:
    """A product as the form shows it beside its SKU."""

    component: Component
    unit: str
    available: Decimal
    unit_cost: Decimal


Answers = dict[str, Found | str]
Lookup = Callable[[Iterable[str]], Answers]
"""For each text the product that is meant, or the sentence that says why none is; blanks are left out."""


def look_up(texts: Iterable[str]) -> Answers:
    """By SKU, whatever the case of its letters, else by the whole name; two statements for all of them."""
    wanted = {text for text in texts if text}
    answers: Answers = dict.fromkeys(wanted, UNKNOWN)
    usable = {text for text in wanted if len(text) <= LONGEST_NAME and is_storable(text)}
    _answer(answers, usable, "sku")
    _answer(answers, {text for text in usable if answers[text] == UNKNOWN}, "name")
    return answers


def offered(words: str) -> Sequence[Row[Any]]:
    """Active products that a search finds, a dozen at most, by their names: `sku` and `name` of each."""
    found = matches(Product.search, words)
    if found is None:
        return []
    shown: tuple[Any, ...] = (Product.sku, Product.name)
    query = select(*shown).where(found, Product.is_active)
    return db.session.execute(query.order_by(func.lower(Product.name)).limit(MOST_OFFERED)).all()


def skus_of(product_ids: Iterable[int]) -> dict[int, str]:
    """The SKUs of products, by their ids."""
    rows = db.session.execute(select(Product.id, Product.sku).where(Product.id.in_(list(product_ids))))
    return {row.id: row.sku for row in rows}


def _answer(answers: Answers, texts: set[str], by: str) -> None:
    """Fills in the products that have one of the texts as their SKU, or as their name."""
    if not texts:
        return
    found = {row.text: row for row in db.session.execute(_named(texts, by))}
    for text in texts:
        row = found.get(text.lower())
        if row is not None and row.times > 1:
            many = count_of(row.times, "product")
            answers[text] = f"{many} have this name. Enter the SKU of the one you mean."
        elif row is not None:
            answers[text] = _found(row)


def _named(texts: set[str], by: str) -> Select[Any]:
    """For each text that is found: how many have it, and what is shown of the first of them."""
    column = func.lower(Product.sku if by == "sku" else Product.name)
    wanted = select(func.unnest(literal(sorted({text.lower() for text in texts}), ARRAY(Text))).label("text"))
    named = wanted.subquery()
    first = (
        select(named.c.text, func.count().label("times"), func.min(Product.id).label("id"))
        .join(Product, column == named.c.text)
        .group_by(named.c.text)
        .subquery()
    )
    shown: tuple[Any, ...] = (
        first.c.text,
        first.c.times,
        Product.id,
        Product.sku,
        Product.name,
        Product.is_active,
        Product.unit,
        available_of(Product.id).label("available"),
        unit_cost_of(Product.id).label("unit_cost"),
    )
    return select(*shown).join(Product, Product.id == first.c.id)


def _found(row: Row[Any]) -> Found:
    component = Component(row.id, row.sku, row.name, row.is_active)
    return Found(component, row.unit, row.available, row.unit_cost)
