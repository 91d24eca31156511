"""What BOMs have to do with one product, for its page: its own versions, and where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, literal_column, null, select, true, union_all

from app.boms.listing import bom_rows, used_in
from app.boms.models import Bom, BomStatus
from app.extensions import db
from app.products.models import Product


@dataclass(frozen=True)
class Part:
    """The active version of a product's BOM and its draft, if there are; the active BOMs that use it."""

    own: Row[Any] | None
    draft: Row[Any] | None
    uses: Sequence[Row[Any]]
    more_uses: bool


def part_in_boms(product_id: int, most: int) -> Part:
    """One statement; of the BOMs that use the product `most` at most, by their products' names."""
    rows = db.session.execute(_statement(product_id, most + 1)).all()
    versions = {row.status: row for row in rows if row.is_own}
    uses = [row for row in rows if not row.is_own]
    return Part(
        own=versions.get(BomStatus.ACTIVE),
        draft=versions.get(BomStatus.DRAFT),
        uses=uses[:most],
        more_uses=len(uses) > most,
    )


def _statement(product_id: int, most: int) -> Select[Any]:
    """Rows of two kinds, each with the other's columns empty; a use is told by its place among them."""
    present = Bom.status.in_([literal_column("'active'"), literal_column("'draft'")])
    own = bom_rows().where(Bom.product_id == product_id, present).subquery("own")
    by_name = (func.lower(Product.name), Product.id)
    place = func.row_number().over(order_by=by_name).label("place")
    uses = used_in(product_id).add_columns(place).order_by(*by_name).limit(most).subquery("uses")
    names = [column.name for column in own.c]
    names += [column.name for column in uses.c if column.name not in own.c]
    kinds = union_all(_as(own, names, true()), _as(uses, names, false())).subquery("kinds")
    return select(kinds).order_by(kinds.c.place)


def _as(rows: Any, names: Sequence[str], is_own: ColumnElement[bool]) -> Select[Any]:
    """The rows with all of the columns, in their order."""
    columns = [rows.c[name] if name in rows.c else null().label(name) for name in names]
    return select(*columns, is_own.label("is_own"))
