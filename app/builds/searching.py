"""Builds found by their number, or by the name or SKU of what they made."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from app.boms.models import Bom
from app.builds.models import Build
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.foundation.search import matches, words
from app.products.models import Product

MOST_PRODUCTS = 5000
"""As many products of a search as are named to the database one by one."""
SAMPLE = 300
"""As many builds are looked at to tell whether a search finds many."""
LARGEST_ID = 2**63 - 1


def found_by(asked: str) -> ColumnElement[bool] | None:
    """Builds whose number was typed, or whose product's name or SKU has these words; None without a word.

    Where a good part of the builds match, each is asked for its product: a page is full after a few. Where
    few do, their products are looked up first.
    """
    product, number = matches(Product.search, asked), _number(asked)
    if product is None:
        return None
    if not _is_common(product):
        return _or_numbered(number, _of_products(product))
    found = select(product).where(Product.id == Build.product_id).scalar_subquery()
    return found if number is None else or_(Build.id == number, found)


def found_in_queue(asked: str) -> ColumnElement[bool] | None:
    """The same of planned builds, of which there are never as many."""
    product = matches(Product.search, asked)
    if product is None:
        return None
    found = Build.product_id.in_(select(Product.id).where(product))
    return _or_numbered(_number(asked), (Build.status == BuildStatus.PLANNED) & found)


def _or_numbered(number: int | None, found: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is found, and the build of that number.

    Not one condition or the other: then no index would help, and every build would be looked at.
    """
    if number is None:
        return found
    return Build.id.in_(union_all(select(literal(number, BigInteger)), select(Build.id).where(found)))


def _is_common(matching: ColumnElement[bool]) -> bool:
    """Whether a fifth of the builds match, as far as some of them tell, evenly spread over all numbers."""
    ends = select(func.min(Build.id).label("first"), func.max(Build.id).label("last")).subquery()
    steps = func.generate_series(0, SAMPLE - 1).table_valued("step").render_derived()
    at = ends.c.first + (ends.c.last - ends.c.first) * steps.c.step // SAMPLE
    near = select(Build.product_id).where(Build.id >= at).order_by(Build.id).limit(1).scalar_subquery()
    some = select(near.label("product_id")).select_from(ends.join(steps, true())).subquery()
    matched = select(matching).where(Product.id == some.c.product_id).scalar_subquery()
    found = db.session.scalar(select(func.count()).select_from(some).where(matched)) or 0
    return found >= SAMPLE // 5


def _of_products(matching: ColumnElement[bool]) -> ColumnElement[bool]:
    """Builds of the products that match.

    Those that were ever built are looked up first, so that the database knows how many builds to expect.
    """
    has_bom = exists().where(Bom.product_id == Product.id)
    wanted = select(Product.id).where(matching, has_bom)
    found = wanted.limit(MOST_PRODUCTS + 1).subquery()
    first_build = select(Build.id).where(Build.product_id == found.c.id).limit(1).scalar_subquery()
    built = func.array_agg(found.c.id).filter(first_build.is_not(None))
    count, ids = db.session.execute(select(func.count(), built).select_from(found)).one()
    if count > MOST_PRODUCTS:
        return Build.product_id.in_(wanted)
    return Build.product_id == any_(literal(ids or [], ARRAY(BigInteger)))


def _number(asked: str) -> int | None:
    """The id that `B-000123`, `b123` or `123` names."""
    parts = [part for part in words(asked.lower().removeprefix("b")) if part]
    digits = parts[0] if len(parts) == 1 else ""
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= LARGEST_ID else None
