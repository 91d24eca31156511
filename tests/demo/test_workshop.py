"""The demo's workshop: what a visitor finds in it, and that the ledger of it agrees."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.boms.models import Bom, BomLine, BomStatus
from app.builds.models import Build, BuildEvent
from app.builds.statuses import BuildStatus
from app.demo.seed import seed_workspace
from app.demo.workshop.catalogue import read_wares
from app.extensions import db
from app.foundation.clock import as_of, utcnow
from app.integrations.models import Connection
from app.products.models import Product, ProductType
from app.products.periods import workspace_today
from app.sandbox.seed import demo_companies
from app.stock.models import StockLevel, StockTransaction
from app.stock.service import Kind
from tests.support.stock import assert_clean

SECONDS = 4
"""How much of the processor the first start may take for it; the clock says little on a busy machine."""


@dataclass(frozen=True)
class Filling:
    """How long it took to make the sample workspace."""

    seconds: float


@pytest.fixture
def filled(context: Flask) -> Iterator[Filling]:
    """The sample workspace, just made."""
    begun = time.process_time()
    assert seed_workspace() is True
    yield Filling(time.process_time() - begun)
    db.session.rollback()
    assert_clean()


@pytest.mark.usefixtures("filled")
def test_the_catalogue_has_every_kind_of_product_and_some_are_low() -> None:
    kinds = Counter(db.session.scalars(select(Product.product_type)))
    assert kinds == {
        ProductType.RAW_MATERIAL: 9,
        ProductType.COMPONENT: 23,
        ProductType.SUB_ASSEMBLY: 6,
        ProductType.FINISHED_GOOD: 5,
    }
    low = select(func.count()).select_from(Product).join(StockLevel).where(
        StockLevel.on_hand <= Product.reorder_point
    )  # fmt: skip
    assert 3 <= (db.session.scalar(low) or 0) <= 15
    assert (db.session.scalar(select(func.min(StockLevel.on_hand))) or 0) >= 0


@pytest.mark.usefixtures("filled")
def test_most_products_are_in_the_simulated_books() -> None:
    items = demo_companies()[0].items.all()
    skus = Counter(item.get("Sku") for item in items)
    names = {item["Name"] for item in items}
    wares = [ware.fields for ware in read_wares()]
    by_sku = [ware.sku for ware in wares if ware.sku in skus]
    by_name = [ware.sku for ware in wares if ware.sku not in skus and ware.name in names]
    assert len(by_sku) == 38
    assert [sku for sku in by_sku if skus[sku] > 1] == ["BX-M"]  # a suggestion with several candidates
    assert by_name == ["OIL-MINERAL"]
    assert {ware.name for ware in wares if ware.sku in by_sku} <= names


@pytest.mark.usefixtures("filled")
def test_the_stock_has_a_year_behind_it() -> None:
    oldest = func.min(StockTransaction.occurred_at)
    days = timedelta(days=350)
    rows = db.session.execute(
        select(StockTransaction.product_id, oldest.label("oldest"), func.count().label("moves")).group_by(
            StockTransaction.product_id
        )
    ).all()
    assert len(rows) == len(read_wares())
    assert all(utcnow() - row.oldest > days and row.moves >= 12 for row in rows)
    assert (db.session.scalar(select(func.min(StockTransaction.on_hand_after))) or 0) >= 0
    assert set(db.session.scalars(select(StockTransaction.kind))) == {
        Kind.OPENING, Kind.ADJUSTMENT, Kind.BUILD_CONSUME, Kind.BUILD_PRODUCE, Kind.BUILD_REVERSAL
    }  # fmt: skip
    notes = Counter(
        (note or "").split(":")[0]
        for note in db.session.scalars(
            select(StockTransaction.note).where(StockTransaction.kind == Kind.ADJUSTMENT)
        )
    )
    assert set(notes) == {"Received stock", "Count correction", "Breakage or loss", "Other"}


@pytest.mark.usefixtures("filled")
def test_the_stock_stood_in_the_order_of_time() -> None:
    """Each movement says what was there after it, by its moment as well as by its id."""
    order = (StockTransaction.product_id, StockTransaction.occurred_at, StockTransaction.id)
    left: dict[int, Decimal] = {}
    for row in db.session.scalars(select(StockTransaction).order_by(*order)):
        left[row.product_id] = left.get(row.product_id, Decimal(0)) + row.quantity
        assert left[row.product_id] == row.on_hand_after


@pytest.mark.usefixtures("filled")
def test_boms_are_three_deep_and_some_have_been_improved() -> None:
    statuses = Counter(db.session.scalars(select(Bom.status)))
    assert statuses == {BomStatus.ACTIVE: 10, BomStatus.ARCHIVED: 3, BomStatus.DRAFT: 1}
    uses: dict[int, set[int]] = {}
    lines = select(Bom.product_id, BomLine.component_id).join(BomLine, BomLine.bom_id == Bom.id)
    for product_id, component_id in db.session.execute(lines.where(Bom.status == BomStatus.ACTIVE)):
        uses.setdefault(product_id, set()).add(component_id)

    def depth(product_id: int) -> int:
        return 1 + max(map(depth, uses[product_id])) if product_id in uses else 0

    depths = {
        sku: depth(product_id) for sku, product_id in db.session.execute(select(Product.sku, Product.id))
    }
    assert depths["FTL-OAK-N"] == 3
    assert depths["MST-OAK"] == depths["HPN-BR"] == 2


@pytest.mark.usefixtures("filled")
def test_builds_are_done_and_the_queue_has_work() -> None:
    builds = list(db.session.scalars(select(Build).order_by(Build.queue_position)))
    statuses = Counter(build.status for build in builds)
    assert statuses == {BuildStatus.PENDING_EXPORT: 12, BuildStatus.REVERSED: 1, BuildStatus.PLANNED: 4}
    queue = [build for build in builds if build.status == BuildStatus.PLANNED]
    wanted: list[Callable[[Build], bool]] = [
        lambda build: build.target_date is not None and build.target_date < workspace_today(),
        lambda build: build.assignee_id is not None,
        lambda build: build.modified,
    ]
    for test in wanted:
        assert len([build for build in queue if test(build)]) == 1


@pytest.mark.usefixtures("filled")
def test_the_builds_are_of_the_past_two_weeks() -> None:
    executed = select(Build).where(Build.executed_at.is_not(None)).order_by(Build.id)
    moments = [build.executed_at for build in db.session.scalars(executed) if build.executed_at]
    assert len({moment.date() for moment in moments}) >= 6
    assert utcnow() - timedelta(days=16) < min(moments) and max(moments) < utcnow()
    assert not [moment for moment in moments if moment.weekday() > 4]
    moved = (
        select(func.count()).select_from(StockTransaction).join(Build, Build.id == StockTransaction.source_id)
    )
    apart = func.abs(func.extract("epoch", StockTransaction.occurred_at - Build.executed_at))
    of_builds = moved.where(StockTransaction.source_kind == "build", apart > 1)
    assert db.session.scalar(of_builds.where(StockTransaction.kind != Kind.BUILD_REVERSAL)) == 0
    assert db.session.scalar(of_builds.where(StockTransaction.kind == Kind.BUILD_REVERSAL)) > 0
    events = select(func.max(BuildEvent.at))
    assert (db.session.scalar(events) or utcnow()) < utcnow() - timedelta(hours=1)


@pytest.mark.parametrize("weekday", range(7))
def test_it_can_be_started_on_any_day(context: Flask, weekday: int) -> None:
    """The order of time holds wherever weekends fall."""
    now = utcnow()
    with as_of(now + timedelta(days=7 + weekday - now.weekday())):
        assert seed_workspace() is True
        order = (StockTransaction.product_id, StockTransaction.occurred_at, StockTransaction.id)
        ids = [
            (row.product_id, row.id) for row in db.session.scalars(select(StockTransaction).order_by(*order))
        ]
        assert ids == sorted(ids)
        assert db.session.scalar(select(func.count()).select_from(Build)) == 17


@pytest.mark.usefixtures("filled")
def test_the_books_are_left_to_the_visitor() -> None:
    assert db.session.scalar(select(func.count()).select_from(Connection)) == 0


def test_a_second_start_adds_nothing_and_the_first_is_quick(filled: Filling) -> None:
    before = _counts()
    assert seed_workspace() is False
    assert _counts() == before
    assert filled.seconds < SECONDS


def _counts() -> list[int | None]:
    tables = (Product, StockTransaction, Bom, Build)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
