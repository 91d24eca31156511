"""The quantities of the books, taken over for many products at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.stock.mirror import mirror_quantities
from app.stock.models import Shortage
from app.stock.service import (
    Consume,
    Kind,
    LotsAreOn,
    SetQuantity,
    Source,
    levels_of,
    mark_exported,
    turn_lots_on,
)
from tests.stock.test_average import history, level
from tests.support.products import create_product
from tests.support.stock import a_source, post_now, stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def mirror(*rows: tuple[int, str | int, str | int | None], as_of: datetime | None = None) -> int:
    """The books have these quantities and unit costs; returns how many products changed."""
    values = ", ".join(
        f"({product}, {quantity}, {cost or 'NULL'}::numeric)" for product, quantity, cost in rows
    )
    with db.engine.begin() as connection:
        return mirror_quantities(
            connection,
            f"SELECT * FROM (VALUES {values}) AS books",
            source=Source("sync_run", 7),
            user_id=None,
            as_of=as_of or utcnow(),
        )


def test_only_what_differs_is_written(app: Flask) -> None:
    same, more, fresh = (
        stocked(quantity=5, unit_cost=2),
        stocked(quantity=40, unit_cost=2),
        create_product().id,
    )
    rows = [(same, 5, 2), (more, 55, None), (fresh, 3, "1.5"), (create_product().id, 0, None)]
    assert mirror(*rows) == 2
    assert mirror(*rows) == 0
    assert len(history(same)) == 1
    assert history(more)[1:] == [("ACCOUNTING_SYNC", 15, 30)]
    assert history(fresh) == [("ACCOUNTING_SYNC", 3, D("4.5"))]
    assert len(levels_of([same, more, fresh])) == 3


def test_a_change_of_cost_alone_is_a_correction(app: Flask) -> None:
    product, empty = stocked(quantity=4, unit_cost=2), create_product().id
    assert mirror((product, 4, 3), (empty, 0, 9)) == 2
    assert history(product)[1:] == [("COST_CORRECTION", 0, 4)]
    assert level(product) == (4, 12, 3)
    assert (level(empty), history(empty)) == ((0, 0, 9), [])


def test_an_unchanged_unit_cost_changes_no_value_however_it_was_rounded(app: Flask) -> None:
    product = create_product().id
    mirror((product, "0.0001", "1.234567"))
    assert mirror((product, "0.0001", "1.234567")) == 0


def test_the_books_may_go_below_zero(app: Flask) -> None:
    product = stocked(quantity=4, unit_cost=2)
    mirror((product, -3, None))
    assert level(product) == (-3, -6, 2)


def test_local_moves_not_exported_yet_stay_on_top(app: Flask) -> None:
    product = stocked(quantity=40, unit_cost=2)
    build = a_source("build")
    post_now(
        Consume(product_id=product, quantity=D(6), kind=Kind.BUILD_CONSUME, source=build, awaits_export=True)
    )
    assert mirror((product, 40, None)) == 0
    assert mirror((product, 50, None)) == 1
    assert level(product)[0] == 44
    read_at = utcnow()
    with transaction() as session:
        assert mark_exported(build, session) == 1
    assert mirror((product, 50, None), as_of=read_at) == 0
    assert mirror((product, 44, None), as_of=utcnow() + timedelta(seconds=1)) == 0


def test_what_changed_is_left_for_the_run(app: Flask) -> None:
    product = stocked(quantity=4, unit_cost=2)
    with db.engine.begin() as connection:
        mirror_quantities(
            connection,
            f"SELECT {product}, 6, 2.5",
            source=Source("sync_run", 7),
            user_id=None,
            as_of=utcnow(),
        )
        row = connection.execute(
            text(
                "SELECT product_id, before, after, unit_cost_before, unit_cost_after FROM mirrored_quantities"
            )
        ).one()
    assert tuple(row) == (product, 4, 6, 2, D("2.5"))


def test_what_is_too_large_to_be_kept_is_left_alone_and_told(app: Flask) -> None:
    many, dear, fine = (stocked(quantity=4, unit_cost=2) for _ in range(3))
    books = f"VALUES ({many}, 100000000000, NULL), ({dear}, 50000000000, 3), ({fine}, 5, NULL::numeric)"
    for _ in range(2):
        with db.engine.begin() as connection:
            changed = mirror_quantities(
                connection,
                f"SELECT * FROM ({books}) AS books (product_id, quantity, unit_cost)",
                source=Source("sync_run", 7),
                user_id=None,
                as_of=utcnow(),
            )
            refused = connection.execute(text("SELECT * FROM mirror_refused ORDER BY product_id")).all()
    assert [tuple(row) for row in refused] == [(many, 100_000_000_000, 2), (dear, 50_000_000_000, 3)]
    assert changed == 0
    assert (level(many), level(dear), level(fine)) == ((4, 8, 2), (4, 8, 2), (5, 10, 2))


def test_with_lots_on_the_books_do_not_lead(app: Flask) -> None:
    product = stocked(quantity=4, unit_cost=2)
    turn_lots_on(None)
    with pytest.raises(LotsAreOn):
        mirror((product, 6, None))
    assert level(product) == (4, 8, 2)


def sold_short(*quantities: int) -> int:
    """A product of which 2 at 3.00 were there and so many were sold, one sale after another."""
    product = stocked(quantity=2, unit_cost=3)
    for quantity in quantities:
        sale = Consume(
            product_id=product,
            quantity=D(quantity),
            kind=Kind.SALE,
            source=a_source("sale"),
            allow_shortage=True,
            shortage_unit_cost=D("1.333333"),
        )
        post_now(sale)
    return product


def owed(product: int) -> list[tuple[Decimal, Decimal, Decimal, bool]]:
    """The shortages, oldest first: quantity, what of it and of its cost is resolved, and whether all is."""
    db.session.rollback()
    found = db.session.scalars(
        select(Shortage).where(Shortage.product_id == product).order_by(Shortage.transaction_id)
    )
    return [(s.quantity, s.resolved_quantity, s.resolved_cost, s.resolved_at is not None) for s in found]


@pytest.mark.parametrize("books", [-20, -12, -7, -3, 0, 4])
def test_what_came_up_from_below_zero_is_owed_no_more_the_oldest_first(app: Flask, books: int) -> None:
    alone, among_many = sold_short(5, 4, 5), sold_short(5, 4, 5)
    assert level(alone)[0] == level(among_many)[0] == -12
    post_now(
        SetQuantity(
            product_id=alone, quantity=D(books), kind=Kind.ACCOUNTING_SYNC, source=a_source("sync_run")
        )
    )
    mirror((among_many, books, None))
    assert owed(among_many) == owed(alone)
    assert level(among_many) == level(alone)
