"""What a build costs, to the last decimal (BLD-60…63; Appendix C, cases 2, 3, 4, 5, 8 and 10)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.boms.fields import CostFields
from app.boms.models import CostKind
from app.builds import service
from app.builds.errors import ComponentsMissing
from app.builds.models import Build
from app.builds.queue.autoplanning import units_wanted
from app.extensions import db
from app.stock.models import Lot, LotDraw, LotStatus, StockLevel, StockTransaction, UnexportedMovement
from app.stock.service import Kind, levels_of, turn_lots_on
from app.workspace.features import Feature
from tests.support.boms import buildable, create_bom, labor
from tests.support.builds import Shop, built, exported, in_review, switch_on
from tests.support.products import create_product
from tests.support.stock import on_hand, stocked

D = Decimal
pytestmark = pytest.mark.usefixtures("shop")


def three_lots(product_id: int) -> None:
    """15 at 10.00, 40 at 11.00, 60 at 12.00, oldest first."""
    for quantity, cost in ((15, 10), (40, 11), (60, 12)):
        stocked(product_id, quantity, cost)


def lots_of(product_id: int) -> list[tuple[Decimal, str]]:
    """What is left in each lot and its status, oldest first."""
    rows = db.session.execute(
        select(Lot).where(Lot.product_id == product_id).order_by(Lot.received_at, Lot.id)
    )
    return [(lot.quantity_remaining, lot.status) for lot in rows.scalars()]


def test_case_2_as_many_as_the_scarcest_component_allows() -> None:
    a, b, c = stocked(quantity=31), stocked(quantity=3), create_product().id
    bom = create_bom(None, {a: 2, b: "0.25"}, {c: 1})
    assert service.preview(bom.id, D(12)).is_possible
    with pytest.raises(ComponentsMissing):
        built(bom.id, 13)
    built(bom.id, 12)
    assert (on_hand(a), on_hand(b), on_hand(c)) == (7, 0, 0)


def test_case_3_a_cost_line_by_rate() -> None:
    rate = CostFields(CostKind.LABOR, "Assembly", rate=D("32.00"), quantity_per_unit=D("0.75"))
    bom = create_bom(None, {stocked(): 1}, costs=(rate,))
    assert built(bom.id, 3).cost_lines_total == D("72.00")


def test_case_4_a_build_from_lots() -> None:
    turn_lots_on(None)
    component = create_product().id
    three_lots(component)
    build = built(create_bom(None, {component: 50}).id, 1)
    assert build.material_cost == build.total_cost == D("535.00")
    assert lots_of(component) == [(0, LotStatus.EXHAUSTED), (5, LotStatus.ACTIVE), (60, LotStatus.ACTIVE)]
    draws = db.session.execute(
        select(LotDraw.quantity, LotDraw.cost).join(StockTransaction).order_by(LotDraw.id)
    ).all()
    assert draws == [(15, 150), (35, 385)]


@pytest.mark.parametrize("lots", [False, True])
def test_case_5_the_output_is_averaged_with_what_was_there(lots: bool) -> None:
    if lots:
        turn_lots_on(None)
    output = buildable().id
    stocked(output, 10, 50)
    bom = create_bom(output, {stocked(quantity=5, unit_cost=40): 1}, costs=(labor(20),))
    assert service.preview(bom.id, D(5)).unit_cost_after == D("53.333333")
    build = built(bom.id, 5)
    assert (build.total_cost, build.unit_cost) == (300, 60)
    level = levels_of([output])[output]
    assert (level.on_hand, level.value, level.unit_cost) == (15, 800, D("53.333333"))


def test_case_8_what_a_build_point_asks_for() -> None:
    assert units_wanted(D(9), D(12), D(40)) == 31
    assert units_wanted(D(18), D(12), D(40)) == 0
    assert units_wanted(D(12), D(12), D(40)) == 28
    assert units_wanted(D("12.0001"), D(12), D(40)) == 0
    assert units_wanted(D("9.5"), D(12), D(40)) == 31
    assert units_wanted(D(9), None, None) == 0
    assert units_wanted(D(9), D(12), None) == 0


def test_case_10_of_an_optional_component_what_there_is() -> None:
    required, optional = stocked(quantity=10, unit_cost=2), stocked(quantity=3, unit_cost=7)
    build = built(create_bom(None, {required: 1}, {optional: 1}).id, 5)
    assert build.total_cost == 5 * 2 + 3 * 7
    assert on_hand(optional) == 0
    line = service.lines_of(build.id)[1]
    assert (line.quantity, line.consumed, line.consumed_cost) == (5, 3, 21)


@pytest.mark.parametrize("lots", [False, True])
def test_an_optional_component_without_stock_is_left_out(lots: bool) -> None:
    if lots:
        turn_lots_on(None)
    required, optional = stocked(quantity=10, unit_cost=2), create_product().id
    build = built(create_bom(None, {required: 1}, {optional: 1}).id, 5)
    assert build.total_cost == 10
    line = service.lines_of(build.id)[1]
    assert (line.consumed, line.consumed_cost, line.transaction_id) == (0, 0, None)


def test_an_average_that_has_no_end_loses_nothing() -> None:
    component = create_product().id
    for cost in (1, 1, 8):
        stocked(component, 1, cost)
    output = buildable().id
    bom = create_bom(output, {component: 1})
    costs = [built(bom.id, 1).total_cost for _ in range(3)]
    assert costs == [D("3.333333"), D("3.333334"), D("3.333333")]
    assert levels_of([output])[output].value == 10


def test_what_goes_in_comes_out_when_units_share_unevenly() -> None:
    component, output = stocked(quantity=1, unit_cost=10), buildable().id
    build = built(create_bom(output, {component: "0.3333"}).id, 3)
    assert build.total_cost == build.material_cost == D("9.999")
    level = levels_of([output])[output]
    assert (level.value, level.unit_cost, build.unit_cost) == (D("9.999"), D("3.333"), D("3.333"))


def test_a_build_keeps_the_costs_of_its_moment(shop: Shop) -> None:
    build = built(shop.bom.id, 1)
    stocked(shop.board, 100, 99)
    db.session.expire_all()
    assert build.total_cost == D("13.60")


def test_with_lots_the_output_is_a_lot_with_the_builds_number(shop: Shop) -> None:
    turn_lots_on(None)
    build = built(shop.bom.id, 2)
    lot = db.session.scalars(select(Lot).where(Lot.product_id == shop.product_id)).one()
    assert (lot.number, lot.source_kind, lot.source_id) == (build.number, "build", build.id)
    assert (lot.original_quantity, lot.original_cost) == (2, build.total_cost)
    assert abs(lot.received_at - build.executed_at).total_seconds() < 5


def test_with_qa_the_lot_dates_from_the_approval(shop: Shop) -> None:
    turn_lots_on(None)
    build = in_review(shop.bom.id)
    assert lots_of(shop.product_id) == []
    service.approve(build.id, "", None)
    lot = db.session.scalars(select(Lot).where(Lot.product_id == shop.product_id)).one()
    assert lot.received_at > build.executed_at
    assert lot.original_cost == build.total_cost


def test_without_lots_no_lot_is_made(shop: Shop) -> None:
    built(shop.bom.id)
    assert db.session.scalar(select(func.count()).select_from(Lot)) == 0


def test_every_product_touched_has_its_transaction_which_awaits_export(shop: Shop) -> None:
    build = built(shop.bom.id)
    rows = db.session.execute(
        select(StockTransaction.product_id, StockTransaction.kind, StockTransaction.quantity)
        .join(UnexportedMovement, UnexportedMovement.transaction_id == StockTransaction.id)
        .where(StockTransaction.source_kind == "build", StockTransaction.source_id == build.id)
        .order_by(StockTransaction.id)
    ).all()
    assert rows == [
        (shop.board, Kind.BUILD_CONSUME, -4),
        (shop.screw, Kind.BUILD_CONSUME, -16),
        (shop.wax, Kind.BUILD_CONSUME, -2),
        (shop.product_id, Kind.BUILD_PRODUCE, 2),
    ]
    exported(build.id)
    pending = select(func.count()).where(UnexportedMovement.exported_at.is_(None))
    assert db.session.scalar(pending) == 0


def test_a_value_is_neither_made_nor_lost(shop: Shop) -> None:
    before = db.session.scalar(select(func.sum(StockLevel.value)))
    switch_on(Feature.QA_REVIEW)
    build = built(shop.bom.id, 3)
    service.approve(build.id, "", None)
    added = db.session.scalar(select(Build.cost_lines_total).where(Build.id == build.id))
    assert db.session.scalar(select(func.sum(StockLevel.value))) == before + added


def test_a_sub_assembly_is_built_and_used() -> None:
    leg, top = stocked(quantity=8, unit_cost="1.25"), stocked(quantity=2, unit_cost=30)
    frame, table = buildable().id, buildable().id
    frame_bom = create_bom(frame, {leg: 4}, costs=(labor("3.10"),))
    table_bom = create_bom(table, {frame: 1, top: 1}, costs=(labor(),))
    built(frame_bom.id, 2)
    assert built(table_bom.id, 1).total_cost == D("1.25") * 4 + D("3.10") + 30 + 5
