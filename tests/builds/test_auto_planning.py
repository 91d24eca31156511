"""Builds planned by the program where stock is low, and what plans reserve (BLD-29, BOM-43, OQ-25)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from app.boms.availability import available_of
from app.boms.models import Bom
from app.boms.service import archive
from app.builds import jobs, service
from app.builds.models import Build, BuildEvent, BuildLine
from app.builds.reserving import committed
from app.builds.statuses import BuildStatus, Event
from app.builds.values import EditFields
from app.extensions import db
from app.products.service import set_active
from app.stock.service import Kind, Source
from app.workspace.features import Feature
from tests.support.boms import create_bom
from tests.support.builds import Shop, built, in_review, planned, rejected, switch_off, switch_on
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.stock import consumed, on_hand, stocked

D = Decimal
LEVELS = {"build_point": D(12), "target_level": D(40)}


def queue(product_id: int) -> list[tuple[Decimal, bool]]:
    """The product's planned builds: quantity, and whether the program made them."""
    db.session.expire_all()
    rows = db.session.scalars(
        select(Build)
        .where(Build.product_id == product_id, Build.status == BuildStatus.PLANNED)
        .order_by(Build.queue_position)
    )
    return [(build.quantity, build.auto_generated) for build in rows]


@pytest.fixture
def watched(shop: Shop) -> Shop:
    """The shop with a build point on boxes, auto-planned builds on, and 18 boxes on hand."""
    create_bom(shop.product_id, {shop.board: 2}, **LEVELS)
    stocked(shop.product_id, 18, 10)
    switch_on(Feature.AUTO_PLANNED_BUILDS)
    return shop


def leave(shop: Shop, quantity: str | int) -> None:
    """So many boxes are on hand."""
    there = on_hand(shop.product_id)
    if there > D(quantity):
        consumed(shop.product_id, there - D(quantity))
    elif there < D(quantity):
        stocked(shop.product_id, D(quantity) - there, 10)


def auto_planned() -> Build:
    return db.session.scalars(select(Build).where(Build.auto_generated)).one()


@pytest.mark.parametrize(("there", "units"), [("9", 31), ("12", 28), ("12.0001", 0), ("18", 0), ("9.5", 31)])
def test_at_or_below_the_build_point_a_build_up_to_the_target_is_planned(
    watched: Shop, there: str, units: int
) -> None:
    leave(watched, there)
    service.check_build_points()
    assert queue(watched.product_id) == ([(D(units), True)] if units else [])


def test_it_is_a_planned_build_like_any_other(watched: Shop) -> None:
    leave(watched, 9)
    mine = planned(create_bom(None, {watched.board: 1}).id)
    service.check_build_points()
    build = auto_planned()
    assert [(line.quantity_per_unit, line.quantity) for line in service.lines_of(build.id)] == [(2, 62)]
    assert build.queue_position > mine.queue_position
    assert (build.created_by, build.modified) == (None, False)
    event = service.events_of(build.id)[0]
    assert (event.event, event.user_id) == (Event.PLANNED, None)


def test_off_it_plans_nothing_and_leaves_what_is_there(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    switch_off(Feature.AUTO_PLANNED_BUILDS)
    leave(watched, 30)
    service.check_build_points()
    assert queue(watched.product_id) == [(31, True)]


def test_there_is_one_at_most_and_its_quantity_follows(watched: Shop) -> None:
    leave(watched, 9)
    for _ in range(3):
        service.check_build_points()
    leave(watched, 5)
    service.check_build_points()
    assert queue(watched.product_id) == [(35, True)]
    assert service.lines_of(auto_planned().id)[0].quantity == 70


def test_it_goes_when_stock_has_recovered(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    leave(watched, 13)
    service.check_build_points()
    assert queue(watched.product_id) == []


@pytest.mark.parametrize("how", ["quantity", "lines"])
def test_once_edited_it_is_that_persons(watched: Shop, how: str) -> None:
    leave(watched, 9)
    service.check_build_points()
    build = auto_planned()
    line = service.lines_of(build.id)[0]
    changes = {"lines": {line.id: D(1)}} if how == "lines" else {}
    service.edit_planned(build.id, EditFields(D(20), **changes), create_user().id)
    for there in (5, 30):
        leave(watched, there)
        service.check_build_points()
        assert queue(watched.product_id) == [(20, True)]


def test_an_assigned_one_still_follows(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    service.assign(auto_planned().id, create_user().id, None)
    leave(watched, 8)
    service.check_build_points()
    assert queue(watched.product_id) == [(32, True)]


def test_after_one_was_executed_the_next_may_come(watched: Shop) -> None:
    stocked(watched.board, 200)
    leave(watched, 9)
    service.check_build_points()
    service.execute(auto_planned().id, None)
    assert on_hand(watched.product_id) == 40
    leave(watched, 1)
    service.check_build_points()
    assert queue(watched.product_id) == [(39, True)]


def test_it_moves_on_to_a_new_version(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    active = create_bom(watched.product_id, {watched.screw: 3}, build_point=D(10), target_level=D(20))
    service.check_build_points()
    build = auto_planned()
    assert (build.bom_id, build.quantity) == (active.id, 11)
    assert [(line.component_id, line.quantity) for line in service.lines_of(build.id)] == [
        (watched.screw, 33)
    ]


@pytest.mark.parametrize("why", ["archived", "no build point", "no target", "inactive"])
def test_it_goes_when_nothing_asks_for_it_any_more(watched: Shop, why: str) -> None:
    leave(watched, 9)
    service.check_build_points()
    if why == "archived":
        archive(auto_planned().bom_id)
    elif why == "inactive":
        set_active(watched.product_id, False)
    else:
        point = {"build_point": D(12)} if why == "no target" else {}
        create_bom(watched.product_id, {watched.board: 2}, **point)
    service.check_build_points()
    assert queue(watched.product_id) == []


def test_execution_review_and_undo_check_what_they_moved(watched: Shop) -> None:
    tin = create_product(product_type="sub_assembly").id
    create_bom(tin, {watched.screw: 1}, build_point=D(3), target_level=D(10))
    stocked(tin, 5, 1)
    chest = create_bom(None, {tin: 1})
    first = built(chest.id, 2)
    assert queue(tin) == [(7, True)]
    service.undo(first.id, "", None)
    assert queue(tin) == []
    review = in_review(chest.id, 4)
    assert queue(tin) == [(9, True)]
    rejected(review.id)
    assert queue(tin) == []
    review = in_review(chest.id, 2)
    service.approve(review.id, "", None)
    assert queue(tin) == [(7, True)]


def test_what_waits_for_review_is_not_planned_once_more(watched: Shop) -> None:
    stocked(watched.board, 200)
    leave(watched, 9)
    service.check_build_points()
    switch_on(Feature.QA_REVIEW)
    plan = auto_planned()
    service.execute(plan.id, None)
    service.check_build_points()
    assert queue(watched.product_id) == []
    service.approve(plan.id, "", None)
    assert queue(watched.product_id) == []


def test_a_rejected_output_is_planned_anew(watched: Shop) -> None:
    leave(watched, 9)
    review = in_review(create_bom(watched.product_id, {watched.board: 2}, **LEVELS).id, 2)
    assert queue(watched.product_id) == [(29, True)]
    rejected(review.id)
    assert queue(watched.product_id) == [(31, True)]


def test_output_in_review_that_lifts_the_stock_makes_a_plan_unneeded(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    review = in_review(auto_planned().bom_id, 5)
    assert queue(watched.product_id) == []
    service.undo(review.id, "", None)
    assert queue(watched.product_id) == [(31, True)]


def test_a_failed_check_is_no_failure_of_the_build(watched: Shop) -> None:
    stocked(watched.board, 100)
    leave(watched, 9)
    db.session.execute(text("ALTER TABLE builds ADD CONSTRAINT trap CHECK (NOT auto_generated)"))
    db.session.commit()
    try:
        build = built(db.session.scalars(select(Bom.id).where(Bom.build_point == 12)).one(), 1)
    finally:
        db.session.execute(text("ALTER TABLE builds DROP CONSTRAINT trap"))
        db.session.commit()
    assert build.status == BuildStatus.PENDING_EXPORT
    assert queue(watched.product_id) == []
    jobs.check_build_points()
    assert queue(watched.product_id) == [(30, True)]


def test_only_the_products_asked_about_are_checked(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points([watched.board, 4711])
    assert queue(watched.product_id) == []
    service.check_build_points([watched.product_id])
    assert len(queue(watched.product_id)) == 1


def test_what_cannot_be_planned_hinders_no_other(watched: Shop) -> None:
    huge = create_product(product_type="finished_good").id
    levels = {"build_point": D(1), "target_level": D("99999999999")}
    create_bom(huge, {watched.board: "99999999999"}, **levels)
    leave(watched, 9)
    service.check_build_points()
    assert queue(huge) == []
    assert queue(watched.product_id) == [(31, True)]


def test_nothing_is_left_of_a_plan_that_went(watched: Shop) -> None:
    leave(watched, 9)
    service.check_build_points()
    leave(watched, 30)
    service.check_build_points()
    for model in (Build, BuildLine, BuildEvent):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_planned_builds_reserve_their_components_while_that_is_on(shop: Shop) -> None:
    planned(shop.bom.id, 3)
    planned(shop.bom.id, 2)
    built(shop.bom.id, 1)
    assert committed() is None
    assert available(shop.board) == 18
    switch_on(Feature.INVENTORY_RESERVATION)
    wanted = committed()
    assert wanted is not None
    rows = dict(tuple(row) for row in db.session.execute(wanted))
    assert rows == {shop.board: 10, shop.screw: 40, shop.wax: 5}
    assert available(shop.board) == 8


def available(product_id: int) -> Decimal | None:
    return db.session.scalar(select(available_of(product_id)))


def test_a_reservation_hinders_no_build(shop: Shop) -> None:
    planned(shop.bom.id, 10)
    switch_on(Feature.INVENTORY_RESERVATION)
    built(shop.bom.id, 10)
    assert on_hand(shop.board) == 0
    assert available(shop.board) == 0


def test_a_line_left_out_reserves_nothing(shop: Shop) -> None:
    build = planned(shop.bom.id)
    wax = service.lines_of(build.id)[2]
    service.edit_planned(build.id, EditFields(D(2), lines={wax.id: D(0)}), None)
    switch_on(Feature.INVENTORY_RESERVATION)
    assert available(shop.wax) == 20
    stocked(shop.wax, 1, source=Source("receipt", 1))
    assert Kind.RECEIVE.label == "Received"
