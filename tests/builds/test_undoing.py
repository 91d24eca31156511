"""Undoing an executed build as long as its output is all there (OQ-20)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.builds import service
from app.builds.errors import OutputUsed, WrongStatus
from app.builds.statuses import BuildStatus, Recovery
from app.extensions import db
from app.stock.models import Lot, LotStatus, StockTransaction, UnexportedMovement
from app.stock.service import (
    Adjust,
    Consume,
    GiveBack,
    Kind,
    Reverse,
    Source,
    turn_lots_off,
    turn_lots_on,
)
from tests.builds.test_reviewing import lots, uneven, values
from tests.support.boms import create_bom, labor
from tests.support.builds import Shop, built, export_failed, exported, in_review, rejected
from tests.support.stock import a_source, consumed, on_hand, post_now, stocked

D = Decimal


@pytest.mark.parametrize("lots_on", [False, True])
def test_all_is_as_it_was(shop: Shop, lots_on: bool) -> None:
    component = uneven(lots_on)
    stocked(shop.product_id, 3, 20)
    bom = create_bom(shop.product_id, {component: 1, shop.board: 2}, {shop.wax: 1}, costs=(labor(),))
    before = values(), lots()
    build = built(bom.id, 2)
    assert service.undo_refusal(build.id) is None
    service.undo(build.id, "", None)
    assert values() == before[0]
    assert lots()[: len(before[1])] == before[1]
    assert build.status == BuildStatus.REVERSED
    kinds = db.session.scalars(
        select(StockTransaction.kind)
        .where(StockTransaction.source_kind == "build", StockTransaction.source_id == build.id)
        .order_by(StockTransaction.id)
    ).all()
    assert kinds[4:] == [Kind.BUILD_REVERSAL] * 4


def test_its_lot_is_voided(shop: Shop) -> None:
    turn_lots_on(None)
    build = built(shop.bom.id)
    service.undo(build.id, "", None)
    lot = db.session.scalars(select(Lot).where(Lot.product_id == shop.product_id)).one()
    assert (lot.number, lot.status) == (build.number, LotStatus.VOIDED)


def test_the_books_need_not_know(shop: Shop) -> None:
    service.undo(built(shop.bom.id).id, "", None)
    pending = select(func.count()).where(UnexportedMovement.exported_at.is_(None))
    assert db.session.scalar(pending) == 0


def test_a_build_in_review_can_be_undone(shop: Shop) -> None:
    before = values()
    build = in_review(shop.bom.id)
    service.undo(build.id, "", None)
    assert values() == before
    assert build.status == BuildStatus.REVERSED


def test_a_build_whose_export_failed_can_be_undone(shop: Shop) -> None:
    before = values()
    build = built(shop.bom.id)
    export_failed(build.id)
    service.undo(build.id, "", None)
    assert values() == before


@pytest.mark.parametrize("lots_on", [False, True])
@pytest.mark.parametrize(("mode", "back"), [(Recovery.NONE, 0), (Recovery.PARTIAL, 1)])
def test_a_loss_can_be_undone_until_it_is_exported(
    shop: Shop, lots_on: bool, mode: Recovery, back: int
) -> None:
    component = uneven(lots_on)
    before = values(), lots()
    build = in_review(create_bom(None, {component: 3}).id, 1)
    rejected(build.id, mode, {component: D(back)})
    service.undo(build.id, "", None)
    assert (values(), lots()) == before


def test_a_synced_build_stays(shop: Shop) -> None:
    build = built(shop.bom.id)
    exported(build.id)
    assert "exported to the books already" in (service.undo_refusal(build.id) or "")
    with pytest.raises(WrongStatus, match="exported to the books already"):
        service.undo(build.id, "", None)


@pytest.mark.parametrize("lots_on", [False, True])
@pytest.mark.parametrize("used", ["0.5", "1", "2"])
def test_once_the_output_is_used_it_stays(shop: Shop, lots_on: bool, used: str) -> None:
    if lots_on:
        turn_lots_on(None)
    build = built(shop.bom.id)
    consumed(shop.product_id, used)
    after = values()
    for sentence in (service.undo_refusal(build.id), _refusal(build.id)):
        assert sentence == (
            f"{used} of the 2 × Box that B-000001 made {'has' if used == '1' else 'have'} been used, "
            "so the build cannot be undone."
        )
    assert values() == after
    assert build.status == BuildStatus.PENDING_EXPORT


def _refusal(build_id: int) -> str:
    with pytest.raises(OutputUsed) as refusal:
        service.undo(build_id, "", None)
    return refusal.value.message


@pytest.mark.parametrize("lots_on", [False, True])
def test_what_was_there_before_leaves_first(shop: Shop, lots_on: bool) -> None:
    if lots_on:
        turn_lots_on(None)
    stocked(shop.product_id, 5, 10)
    build = built(shop.bom.id)
    consumed(shop.product_id, 5)
    assert service.undo_refusal(build.id) is None
    used = consumed(shop.product_id, 1)
    assert service.undo_refusal(build.id) is not None
    post_now(
        GiveBack(
            transaction_id=used.transactions[0].id,
            quantity=D(1),
            kind=Kind.BUILD_RECOVERY,
            source=a_source("build"),
        )
    )
    service.undo(build.id, "", None)
    assert on_hand(shop.product_id) == 0


@pytest.mark.parametrize("lots_on", [False, True])
def test_what_came_in_later_takes_no_place_of_what_was_used(shop: Shop, lots_on: bool) -> None:
    if lots_on:
        turn_lots_on(None)
    build = built(shop.bom.id)
    stocked(shop.product_id, 50, 10)
    consumed(shop.product_id, 1)
    assert service.undo_refusal(build.id) is not None


@pytest.mark.parametrize("lots_on", [False, True])
def test_uses_that_were_reversed_do_not_count(shop: Shop, lots_on: bool) -> None:
    if lots_on:
        turn_lots_on(None)
    build = built(shop.bom.id)
    source = Source("sale", 7)
    post_now(Consume(product_id=shop.product_id, quantity=D(2), kind=Kind.SALE, source=source))
    post_now(Reverse(source=source, kind=Kind.SALE_REVERSAL))
    later = Source("receipt", 8)
    stocked(shop.product_id, 4, 9, source=later)
    post_now(Reverse(source=later, kind=Kind.RECEIPT_VOID))
    service.undo(build.id, "", None)
    assert on_hand(shop.product_id) == 0


def test_a_lot_that_was_adjusted_stays(shop: Shop) -> None:
    turn_lots_on(None)
    build = built(shop.bom.id)
    lot = db.session.scalars(select(Lot.id).where(Lot.product_id == shop.product_id)).one()
    post_now(
        Adjust(
            product_id=shop.product_id, quantity=D(3), lot_id=lot, kind=Kind.LOT_ADJUSTMENT, source=a_source()
        )
    )
    assert "has been adjusted since" in (service.undo_refusal(build.id) or "")
    assert "has been adjusted since" in _refusal(build.id)


def test_stock_below_zero_has_used_the_output(shop: Shop) -> None:
    post_now(
        Consume(
            product_id=shop.product_id, quantity=D(3), allow_shortage=True, kind=Kind.SALE, source=a_source()
        )
    )
    build = built(shop.bom.id)
    assert service.undo_refusal(build.id) is not None
    with pytest.raises(OutputUsed):
        service.undo(build.id, "", None)


@pytest.mark.parametrize("lots_first", [False, True])
def test_lots_may_have_been_turned_on_or_off_since(shop: Shop, lots_first: bool) -> None:
    component = uneven(lots_first)
    build = built(create_bom(shop.product_id, {component: 1}).id, 3)
    (turn_lots_off if lots_first else turn_lots_on)(None)
    service.undo(build.id, "", None)
    assert (on_hand(shop.product_id), on_hand(component)) == (0, 3)


def test_twice_is_refused(shop: Shop) -> None:
    build = built(shop.bom.id)
    service.undo(build.id, "", None)
    with pytest.raises(WrongStatus, match="reversed already"):
        service.undo(build.id, "", None)
