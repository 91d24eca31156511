"""What a build would do, before anybody says yes (BLD-28, BLD-40, BLD-41)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, text

from app.boms.service import archive
from app.builds import service
from app.builds.display.components import components_of
from app.builds.errors import WrongStatus
from app.builds.models import Build
from app.builds.values import AddedLine, EditFields
from app.extensions import db
from app.products.service import set_active
from app.stock.models import Lot
from app.stock.service import levels_of, turn_lots_on
from app.workspace.features import Feature
from tests.bench.stock_ledger import counted
from tests.support.boms import create_bom, labor
from tests.support.builds import Shop, built, planned, switch_on
from tests.support.products import create_product
from tests.support.stock import stocked

D = Decimal
EVERYTHING = """
    SELECT md5(string_agg(t.row::text, '|' ORDER BY t.row::text)) FROM (
        SELECT b::text AS row FROM builds b UNION ALL SELECT l::text FROM build_lines l
        UNION ALL SELECT e::text FROM build_events e UNION ALL SELECT s::text FROM stock_levels s
        UNION ALL SELECT t::text FROM stock_transactions t UNION ALL SELECT o::text FROM lots o
        UNION ALL SELECT u::text FROM unexported_movements u UNION ALL SELECT w::text FROM workspace w
    ) AS t(row)
"""


def everything() -> object:
    """A fingerprint of all that a build could change."""
    return db.session.scalar(text(EVERYTHING))


def test_it_shows_each_component_and_cost(shop: Shop) -> None:
    shown = service.preview(shop.bom.id, D(3))
    assert [(line.name, line.needed, line.consumed, line.unit_cost, line.cost) for line in shown.lines] == [
        ("Board", 6, 6, D("3.5"), 21),
        ("Screw", 24, 24, D("0.05"), D("1.2")),
        ("Wax", 3, 3, D("1.2"), D("3.6")),
    ]
    assert [(line.label, line.cost_per_unit, line.cost) for line in shown.cost_lines] == [("Assembly", 5, 15)]
    assert (shown.material_cost, shown.cost_lines_total, shown.total_cost) == (D("25.8"), 15, D("40.8"))
    assert (shown.unit_cost, shown.unit_cost_after) == (D("13.6"), D("13.6"))
    assert (shown.is_possible, shown.obstacles, shown.lots_on) == (True, (), False)


@pytest.mark.parametrize("lots", [False, True])
@pytest.mark.parametrize("quantity", [1, 3, 10])
def test_it_shows_exactly_what_execution_then_does(shop: Shop, lots: bool, quantity: int) -> None:
    if lots:
        turn_lots_on(None)
    stocked(shop.board, 7, "3.333333")
    stocked(shop.product_id, 2, 9)
    shown = service.preview(shop.bom.id, D(quantity))
    build = built(shop.bom.id, quantity)
    assert (build.material_cost, build.total_cost, build.unit_cost) == (
        shown.material_cost,
        shown.total_cost,
        shown.unit_cost,
    )
    did = [(line.consumed, line.consumed_cost) for line in service.lines_of(build.id)]
    assert did == [(line.consumed, line.cost) for line in shown.lines]
    assert levels_of([shop.product_id])[shop.product_id].unit_cost == shown.unit_cost_after


def test_it_changes_nothing(shop: Shop) -> None:
    turn_lots_on(None)
    build = planned(shop.bom.id)
    before = everything()
    for quantity in (1, 10, 11, 10**6):
        service.preview(shop.bom.id, D(quantity))
    service.preview_build(build.id)
    with counted() as statements:
        service.preview_build(build.id)
    words = {statement.split()[0].upper() for statement in statements}
    assert words <= {"SELECT", "WITH"}
    assert not any(" FOR UPDATE" in statement or " FOR SHARE" in statement for statement in statements)
    db.session.commit()
    assert everything() == before


def test_it_names_each_lot(shop: Shop) -> None:
    turn_lots_on(None)
    stocked(shop.board, 5, 4)
    line = service.preview(shop.bom.id, D(11)).lines[0]
    sku = line.sku
    assert [(lot.number, lot.quantity, lot.cost) for lot in line.allocations] == [
        (f"LEGACY-{sku}", 20, 70),
        (line.allocations[1].number, 2, 8),
    ]
    assert line.cost == 78


def test_a_planned_build_has_its_lots_oldest_first_and_draws_just_these(shop: Shop) -> None:
    """BLD-28. Nothing is set aside, since FIFO holds for whoever comes first (BLD-52, LOT-4)."""
    turn_lots_on(None)
    stocked(shop.board, 5, 4)
    stocked(shop.board, 9, 6)
    build = planned(shop.bom.id, 10)

    def lots() -> list[tuple[str, Decimal, Decimal]]:
        shown = service.preview_build(build.id).lines[0].allocations
        return [(lot.number, lot.quantity, lot.cost) for lot in shown]

    oldest_first = select(Lot.number).where(Lot.product_id == shop.board).order_by(Lot.id)
    legacy, second, third = db.session.scalars(oldest_first)
    assert lots() == [(legacy, 20, 70)]
    built(shop.bom.id, 9)  # the oldest lot is all but gone before the planned build's turn
    assert lots() == [(legacy, 2, 7), (second, 5, 20), (third, 9, 54)]
    assert not service.preview_build(build.id).is_possible
    stocked(shop.board, 4, 7)
    stocked(shop.screw, 100, 1)
    assigned = lots()
    assert [number for number, _, _ in assigned][:3] == [legacy, second, third]
    service.execute(build.id, None)
    drawn = components_of(build.id)[0].drawn
    assert [(lot.number, lot.quantity, lot.cost) for lot in drawn] == assigned


def test_it_says_what_is_missing(shop: Shop) -> None:
    shown = service.preview(shop.bom.id, D(13))
    board, screw, wax = shown.lines
    assert (board.needed, board.available, board.missing, board.blocks) == (26, 20, 6, True)
    assert (screw.missing, screw.blocks) == (4, True)
    assert (wax.missing, wax.blocks, wax.is_included) == (0, False, True)
    assert board.cost == 26 * D("3.5")
    assert not shown.is_possible
    assert [sentence.split(" (")[0] for sentence in shown.obstacles] == ["Board", "Screw"]
    assert "26 pcs needed, 20 pcs on hand, 6 pcs missing." in shown.obstacles[0]


@pytest.mark.parametrize(("there", "consumed", "included"), [(0, 0, False), (2, 2, True), (9, 5, True)])
def test_it_says_how_much_of_an_optional_component_goes_in(
    shop: Shop, there: int, consumed: int, included: bool
) -> None:
    oil = stocked(quantity=there, unit_cost=3) if there else create_product().id
    bom = create_bom(None, {shop.board: 1}, {oil: 1})
    shown = service.preview(bom.id, D(5))
    line = shown.lines[1]
    assert (line.consumed, line.is_included, line.cost, line.blocks) == (
        consumed,
        included,
        consumed * 3,
        False,
    )
    assert shown.is_possible
    assert shown.total_cost == 5 * D("3.5") + consumed * 3


def test_a_planned_build_is_shown_with_its_own_lines(shop: Shop) -> None:
    build, oil = planned(shop.bom.id), stocked(quantity=2, unit_cost=9)
    board = service.lines_of(build.id)[0]
    fields = EditFields(D(2), lines={board.id: D(5)}, added=(AddedLine(oil, D(1)),))
    service.edit_planned(build.id, fields, None)
    shown = service.preview_build(build.id)
    assert [line.consumed for line in shown.lines] == [5, 16, 2, 1]
    service.execute(build.id, None)
    assert build.total_cost == shown.total_cost
    with pytest.raises(WrongStatus):
        service.preview_build(build.id)


def test_it_says_why_a_build_would_be_refused(shop: Shop) -> None:
    build = planned(shop.bom.id)
    switch_on(Feature.BUILD_ASSIGNMENTS)
    set_active(shop.wax, False)
    archive(shop.bom.id)
    assigned, archived, inactive = service.preview_build(build.id).obstacles
    assert "nobody assigned" in assigned
    assert "is archived" in archived
    assert "Wax" in inactive
    assert len(service.preview(shop.bom.id, D(1)).obstacles) == 2


def test_it_asks_the_same_questions_whatever_the_size(shop: Shop) -> None:
    turn_lots_on(None)
    many = create_bom(None, {stocked(quantity=9): 1 for _ in range(30)}, costs=(labor(), labor()))
    sizes = []
    for bom in (shop.bom, many):
        with counted() as statements:
            service.preview(bom.id, D(2))
        sizes.append(len(statements))
    assert sizes[0] == sizes[1]
    assert db.session.scalar(select(Build.id)) is None


def test_it_can_be_shown_however_much_it_would_cost(shop: Shop) -> None:
    costly = stocked(quantity=1, unit_cost="99999999998")
    bom = create_bom(None, {costly: 1}, costs=(labor("99999999999"),))
    build = planned(bom.id, "99999999999")
    shown = service.preview_build(build.id)
    assert shown.total_cost == D("99999999999") * (99999999998 + 99999999999)
    assert shown.unit_cost == shown.unit_cost_after == 99999999998 + 99999999999
    assert shown.obstacles[0].startswith("The build would cost more than 99,999,999,999")
    assert len(shown.obstacles) == 2
