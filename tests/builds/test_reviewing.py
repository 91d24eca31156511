"""QA review: approval, and rejection with its three recoveries (QA-1…8, OQ-23)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.builds import service
from app.builds.models import Build
from app.builds.rules import recovery_of
from app.builds.statuses import BuildStatus, Recovery, RejectionReason
from app.extensions import db
from app.foundation.errors import InvalidInput
from app.stock.models import Lot, LotStatus, StockLevel, StockTransaction, UnexportedMovement
from app.stock.service import Kind, turn_lots_off, turn_lots_on
from app.workspace.features import Feature
from tests.support.boms import create_bom
from tests.support.builds import Shop, in_review, planned, rejected, switch_off, switch_on
from tests.support.products import create_product
from tests.support.stock import stocked

D = Decimal
FULL_STOCK = (D(0), D(20), D(100), D(20))


def values() -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Quantity, value and unit cost of every product."""
    rows = db.session.execute(
        select(StockLevel.product_id, StockLevel.on_hand, StockLevel.value, StockLevel.unit_cost).where(
            StockLevel.on_hand != 0
        )
    )
    return {row.product_id: (row.on_hand, row.value, row.unit_cost) for row in rows}


def lots() -> list[tuple[Decimal, Decimal, str]]:
    """What is left in every lot, by id."""
    rows = db.session.scalars(select(Lot).order_by(Lot.id).execution_options(populate_existing=True))
    return [(lot.quantity_remaining, lot.cost_remaining, lot.status) for lot in rows]


def kinds(build: Build) -> dict[str, int]:
    """How many of the build's transactions are of each kind."""
    rows = db.session.execute(
        select(StockTransaction.kind, func.count())
        .where(StockTransaction.source_kind == "build", StockTransaction.source_id == build.id)
        .group_by(StockTransaction.kind)
    )
    return {row[0]: row[1] for row in rows}


def uneven(lots_on: bool) -> int:
    """A component whose average has no end: 3 for 10.00, with lots in two of them."""
    if lots_on:
        turn_lots_on(None)
    product_id = create_product().id
    stocked(product_id, 1, 2)
    stocked(product_id, 2, 4)
    return product_id


def test_approval_says_who_when_and_why(shop: Shop) -> None:
    build = in_review(shop.bom.id)
    service.approve(build.id, "All four corners checked", None)
    assert build.status == BuildStatus.PENDING_EXPORT
    assert build.review_notes == "All four corners checked"
    assert build.reviewed_at is not None
    assert kinds(build) == {Kind.BUILD_CONSUME: 3, Kind.BUILD_PRODUCE: 1}


def test_the_output_comes_in_at_the_cost_of_the_execution(shop: Shop) -> None:
    build = in_review(shop.bom.id)
    stocked(shop.board, 100, 50)
    service.approve(build.id, "", None)
    assert values()[shop.product_id] == (2, D("27.20"), D("13.60"))


def test_qa_turned_off_leaves_what_waits_to_be_reviewed(shop: Shop) -> None:
    switch_on(Feature.QA_REVIEW)
    build = planned(shop.bom.id)
    service.execute(build.id, None)
    switch_off(Feature.QA_REVIEW)
    assert service.approve(build.id, "", None).status == BuildStatus.PENDING_EXPORT


@pytest.mark.parametrize("lots_on", [False, True])
def test_full_recovery_leaves_all_as_it_was(shop: Shop, lots_on: bool) -> None:
    component = uneven(lots_on)
    bom = create_bom(None, {component: 3, shop.board: 2}, {shop.wax: 1})
    before = values(), lots()
    build = in_review(bom.id, 1)
    assert values() != before[0]
    rejected(build.id, Recovery.FULL)
    assert (values(), lots()) == before
    assert build.status == BuildStatus.REJECTED
    assert build.waste_cost == 0
    assert kinds(build) == {Kind.BUILD_CONSUME: 3, Kind.BUILD_RECOVERY: 3}


def test_full_recovery_opens_exhausted_lots_again(shop: Shop) -> None:
    component = uneven(True)
    build = in_review(create_bom(None, {component: 3}).id, 1)
    assert [status for _, _, status in lots()[-2:]] == [LotStatus.EXHAUSTED] * 2
    rejected(build.id, Recovery.FULL)
    assert [status for _, _, status in lots()[-2:]] == [LotStatus.ACTIVE] * 2


def test_of_full_recovery_the_books_need_not_know(shop: Shop) -> None:
    rejected(in_review(shop.bom.id).id, Recovery.FULL)
    pending = select(func.count()).where(UnexportedMovement.exported_at.is_(None))
    assert db.session.scalar(pending) == 0


@pytest.mark.parametrize("lots_on", [False, True])
def test_total_loss_gives_nothing_back(shop: Shop, lots_on: bool) -> None:
    build = in_review(create_bom(None, {uneven(lots_on): 3}).id, 1)
    before = values()
    rejected(build.id, Recovery.NONE)
    assert values() == before
    assert (build.status, build.is_waste) == (BuildStatus.PENDING_EXPORT, True)
    assert build.waste_cost == build.material_cost == 10
    assert kinds(build) == {Kind.BUILD_CONSUME: 1}


def test_labor_is_no_waste(shop: Shop) -> None:
    build = rejected(in_review(shop.bom.id).id, Recovery.NONE)
    assert build.cost_lines_total == 10
    assert build.waste_cost == build.material_cost == D("17.20")


def test_partial_recovery_from_lots_gives_back_the_last_drawn_first(shop: Shop) -> None:
    component = uneven(True)
    build = in_review(create_bom(None, {component: 3, shop.board: 2}).id, 1)
    rejected(build.id, Recovery.PARTIAL, {component: D("1.5"), shop.board: D(0)})
    assert lots()[-2:] == [(0, 0, LotStatus.EXHAUSTED), (D("1.5"), 6, LotStatus.ACTIVE)]
    assert (build.status, build.is_waste) == (BuildStatus.PENDING_EXPORT, True)
    assert build.waste_cost == 4 + 7
    lines = service.lines_of(build.id)
    assert [(line.recovered, line.recovered_cost) for line in lines] == [(D("1.5"), 6), (0, 0)]
    assert kinds(build) == {Kind.BUILD_CONSUME: 2, Kind.BUILD_RECOVERY: 1}


def test_partial_recovery_at_the_average(shop: Shop) -> None:
    component = uneven(False)
    build = in_review(create_bom(None, {component: 3}).id, 1)
    rejected(build.id, Recovery.PARTIAL, {component: D(1)})
    assert values()[component] == (1, D("3.333333"), D("3.333333"))
    assert build.waste_cost == D("6.666667")


@pytest.mark.parametrize("lots_on", [False, True])
def test_rejected_builds_never_add_output(shop: Shop, lots_on: bool) -> None:
    if lots_on:
        turn_lots_on(None)
    for mode, back in (
        (Recovery.FULL, {}),
        (Recovery.NONE, {}),
        (Recovery.PARTIAL, {shop.board: D(1)}),
    ):
        build = rejected(in_review(shop.bom.id, 1).id, mode, back)
        assert Kind.BUILD_PRODUCE not in kinds(build)
    assert shop.stock()[0] == 0


def test_all_of_it_is_full_recovery_and_none_of_it_total_loss(shop: Shop) -> None:
    everything = {shop.board: D(4), shop.screw: D(16), shop.wax: D(2)}
    build = rejected(in_review(shop.bom.id).id, Recovery.PARTIAL, everything)
    assert (build.recovery, build.status) == (Recovery.FULL, BuildStatus.REJECTED)
    assert shop.stock() == FULL_STOCK
    for nothing in ({}, dict.fromkeys(everything, D(0))):
        build = rejected(in_review(shop.bom.id, 1).id, Recovery.PARTIAL, nothing)
        assert (build.recovery, build.status) == (Recovery.NONE, BuildStatus.PENDING_EXPORT)


def test_which_recovery_quantities_amount_to() -> None:
    consumed = {1: D(4), 2: D(0)}
    for given, mode in (({1: D(4)}, Recovery.FULL), ({1: D(1)}, Recovery.PARTIAL), ({}, Recovery.NONE)):
        assert recovery_of(Recovery.PARTIAL, consumed, given) is mode
        assert recovery_of(Recovery.FULL, consumed, given) is Recovery.FULL
        assert recovery_of(Recovery.NONE, consumed, given) is Recovery.NONE
    assert recovery_of(Recovery.PARTIAL, {}, {}) is Recovery.FULL


def test_the_other_modes_do_not_look_at_quantities(shop: Shop) -> None:
    rejected(in_review(shop.bom.id).id, Recovery.FULL, {shop.board: D(-99), 4711: D(1)})
    assert shop.stock() == FULL_STOCK


@pytest.mark.parametrize("quantity", ["4.0001", "5", "-1", "0.00001", "NaN", "Infinity", "1E+40"])
def test_no_more_comes_back_than_was_used(shop: Shop, quantity: str) -> None:
    build = in_review(shop.bom.id)
    after = shop.stock()
    with pytest.raises(InvalidInput, match="from 0 to 4, with at most four decimals") as refusal:
        rejected(build.id, Recovery.PARTIAL, {shop.board: D(quantity)})
    assert refusal.value.field == f"recovered-{shop.board}"
    assert shop.stock() == after
    assert build.status == BuildStatus.EXECUTED


def test_only_what_was_used_comes_back(shop: Shop) -> None:
    build = in_review(shop.bom.id)
    for forged in (shop.product_id, 4711, 2**70):
        with pytest.raises(InvalidInput, match="no such component"):
            rejected(build.id, Recovery.PARTIAL, {forged: D(1)})
    assert build.status == BuildStatus.EXECUTED


def test_of_a_scarce_optional_component_what_was_used_comes_back(shop: Shop) -> None:
    rare = stocked(quantity=1, unit_cost=9)
    build = in_review(create_bom(None, {shop.board: 1}, {rare: 1}).id, 3)
    with pytest.raises(InvalidInput, match="from 0 to 1"):
        rejected(build.id, Recovery.PARTIAL, {rare: D(2)})
    rejected(build.id, Recovery.PARTIAL, {rare: D(1)})
    assert values()[rare] == (1, 9, 9)


@pytest.mark.parametrize("reason", RejectionReason)
def test_each_reason_can_be_given(shop: Shop, reason: RejectionReason) -> None:
    build = in_review(shop.bom.id, 1)
    service.reject(build.id, reason, Recovery.NONE, {}, "", None)
    assert build.rejection_reason == reason
    assert service.events_of(build.id)[-1].note.startswith(reason.label)


def test_notes_of_a_review_are_bounded(shop: Shop) -> None:
    build = in_review(shop.bom.id)
    for attempt in (
        lambda: service.approve(build.id, "x" * 2001, None),
        lambda: service.reject(build.id, RejectionReason.OTHER, Recovery.FULL, {}, "\x00", None),
    ):
        with pytest.raises(InvalidInput) as refusal:
            attempt()
        assert refusal.value.field == "notes"
    assert build.status == BuildStatus.EXECUTED


@pytest.mark.parametrize("mode", Recovery)
@pytest.mark.parametrize("lots_first", [False, True])
def test_lots_may_be_turned_on_or_off_while_a_build_waits(
    shop: Shop, lots_first: bool, mode: Recovery
) -> None:
    component = uneven(lots_first)
    build = in_review(create_bom(None, {component: 3}).id, 1)
    (turn_lots_off if lots_first else turn_lots_on)(None)
    rejected(build.id, mode, {component: D(1)})
    back = {Recovery.FULL: 3, Recovery.PARTIAL: 1, Recovery.NONE: 0}[mode]
    assert values().get(component, (0,))[0] == back
