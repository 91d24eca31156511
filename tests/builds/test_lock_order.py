"""Several builds are locked in the order of their ids, so that no two who do so wait for each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

from flask import Flask
from sqlalchemy import text

from app.builds import service
from app.builds.models import Build
from app.builds.queue.order import APART
from app.extensions import db
from app.foundation.clock import utcnow
from app.products.following import follow_books
from app.workspace.features import Feature
from tests.builds.waiting import await_waiting, waiting
from tests.support.boms import buildable, create_bom
from tests.support.builds import Shop, planned, switch_on
from tests.support.processes import wait_until
from tests.support.stock import stocked

Work = Callable[[], object]
NEW_NAMES = "SELECT id, 'New ' || name, sku FROM products"


def rename_all() -> None:
    """All products follow the books, which name them anew."""
    with db.engine.begin() as connection:
        follow_books(connection, NEW_NAMES, utcnow())


@contextmanager
def locked(build_id: int) -> Iterator[None]:
    """Nobody else can change the build until the end of the block."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM builds WHERE id = :id FOR UPDATE"), {"id": build_id})
        yield


def both_get_through(app: Flask, held_up_at: int, first: Work, second: Work) -> None:
    """The first work is held up at a build, then the second, if it waits at all; both go on to their end."""

    def done(work: Work) -> None:
        with app.app_context():
            work()
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        with locked(held_up_at):
            works = [pool.submit(done, first)]
            await_waiting(1)
            works.append(pool.submit(done, second))
            wait_until(lambda: works[1].done() or waiting() >= 2, "the other waits or is through")
        for work in works:
            work.result(60)


def test_build_points_are_checked_while_products_are_renamed(app: Flask, shop: Shop) -> None:
    switch_on(Feature.AUTO_PLANNED_BUILDS)
    products, raw = [buildable().id, buildable().id], stocked(quantity=1000)
    for product_id in reversed(products):  # so that what is written first has the later build
        create_bom(product_id, {raw: 1}, build_point=Decimal(1), target_level=Decimal(5))
        service.check_build_points()
    both_get_through(
        app, db.session.query(Build.id).order_by(Build.id).first()[0], service.check_build_points, rename_all
    )
    assert db.session.query(Build).count() == 2


def test_a_build_is_dragged_while_its_product_is_renamed(app: Flask, shop: Shop) -> None:
    first, second = planned(shop.bom.id, 1).id, planned(shop.bom.id, 1).id
    both_get_through(app, first, rename_all, lambda: service.move_before(second, first, None))
    assert service.events_of(second)[-1].note.startswith("Before")


def test_positions_are_spread_while_products_are_renamed(app: Flask, shop: Shop) -> None:
    ids = [planned(shop.bom.id, 1).id for _ in range(6)]
    db.session.execute(text("UPDATE builds SET queue_position = queue_position / :apart"), {"apart": APART})
    db.session.commit()
    both_get_through(app, ids[1], rename_all, lambda: service.move_before(ids[5], ids[3], None))
    order = db.session.scalars(text("SELECT id FROM builds ORDER BY queue_position")).all()
    assert order == [*ids[:3], ids[5], *ids[3:5]]
