"""Planned builds: their lines, the queue, and what cannot be entered (BLD-20…28, BLD-36, OQ-21, OQ-22)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.boms.service import archive
from app.builds import service
from app.builds.errors import BomNotActive, ProductInactive, WrongStatus
from app.builds.models import Build
from app.builds.statuses import BuildStatus, Event
from app.builds.values import AddedLine, Direction, EditFields, PlanFields
from app.extensions import db
from app.foundation.audit import AuditEntry
from app.foundation.errors import InvalidInput, NotFoundError
from app.products.service import set_active
from tests.support.boms import create_bom
from tests.support.builds import Shop, planned
from tests.support.people import create_user
from tests.support.products import create_product

D = Decimal


def lines(build: Build) -> list[tuple[Decimal, Decimal]]:
    """Each line's quantity per unit and quantity."""
    return [(line.quantity_per_unit, line.quantity) for line in service.lines_of(build.id)]


def edited(build: Build, quantity: str | int = 2, **fields: object) -> Build:
    return service.edit_planned(build.id, EditFields(D(quantity), **fields), None)


def line_ids(build: Build) -> list[int]:
    return [line.id for line in service.lines_of(build.id)]


def queue() -> list[int]:
    """The ids of the planned builds, the most urgent first."""
    planned_first = select(Build.id).where(Build.status == BuildStatus.PLANNED)
    return list(db.session.scalars(planned_first.order_by(Build.queue_position, Build.id)))


def test_a_plan_has_the_boms_lines_as_its_own(shop: Shop) -> None:
    user = create_user()
    build = planned(
        shop.bom.id, 3, user.id, target_date=date(2026, 12, 24), assignee_id=user.id, notes="For the fair"
    )
    assert lines(build) == [(2, 6), (8, 24), (1, 3)]
    assert [line.optional for line in service.lines_of(build.id)] == [False, False, True]
    assert (build.product_id, build.bom_id, build.modified, build.auto_generated) == (
        shop.product_id,
        shop.bom.id,
        False,
        False,
    )
    assert (build.target_date, build.assignee_id, build.notes, build.created_by) == (
        date(2026, 12, 24),
        user.id,
        "For the fair",
        user.id,
    )


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "-0.5", "0.5", "1.0001", "100000000000", "NaN", "Infinity", "-Infinity", "1E+30"]
)
def test_only_whole_numbers_from_one_are_built(shop: Shop, quantity: str) -> None:
    build = planned(shop.bom.id)
    for attempt in (
        lambda: planned(shop.bom.id, quantity),
        lambda: edited(build, quantity),
        lambda: service.preview(shop.bom.id, D(quantity)),
    ):
        with pytest.raises(InvalidInput, match="whole number of units") as refusal:
            attempt()
        assert refusal.value.field == "quantity"
    assert queue() == [build.id]


def test_a_quantity_that_needs_more_than_can_be_kept_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInput, match="A component would be needed more than"):
        planned(shop.bom.id, "99999999999")
    assert queue() == []


@pytest.mark.parametrize("bom_id", [0, -1, 4711, 2**63, 2**90])
def test_a_forged_bom_is_not_there(shop: Shop, bom_id: int) -> None:
    for attempt in (lambda: planned(bom_id), lambda: service.preview(bom_id, D(1))):
        with pytest.raises(NotFoundError):
            attempt()


def test_an_archived_version_cannot_be_planned(shop: Shop) -> None:
    create_bom(shop.product_id, {shop.board: 3})
    with pytest.raises(
        BomNotActive, match=r"Version 1 of the BOM of Box .* is archived: version 2 is active"
    ):
        planned(shop.bom.id)


def test_a_draft_cannot_be_planned(shop: Shop) -> None:
    draft = create_bom(shop.product_id, {shop.board: 3}, draft=True)
    with pytest.raises(BomNotActive, match=r"Version 2 .* is a draft"):
        planned(draft.id)


def test_what_is_inactive_cannot_be_planned(shop: Shop) -> None:
    set_active(shop.screw, False)
    with pytest.raises(ProductInactive, match="Screw"):
        planned(shop.bom.id)
    set_active(shop.screw, True)
    set_active(shop.product_id, False)
    with pytest.raises(ProductInactive, match="Box"):
        planned(shop.bom.id)
    assert queue() == []


@pytest.mark.parametrize("assignee", [0, -5, 4711, 2**63, 2**80, "inactive"])
def test_only_active_members_can_be_assigned(shop: Shop, assignee: int | str) -> None:
    gone = create_user("builder", is_active=False).id
    someone = gone if assignee == "inactive" else int(assignee)
    build = planned(shop.bom.id)
    for attempt in (
        lambda: planned(shop.bom.id, assignee_id=someone),
        lambda: service.assign(build.id, someone, None),
        lambda: edited(build, assignee_id=someone),
    ):
        with pytest.raises(InvalidInput, match="active members") as refusal:
            attempt()
        assert refusal.value.field == "assignee_id"
    assert gone not in {user.id for user in service.assignees()}


def test_an_assignee_who_has_left_may_stay_named(shop: Shop) -> None:
    user = create_user("builder")
    build = planned(shop.bom.id, assignee_id=user.id)
    user.is_active = False
    db.session.commit()
    assert edited(build, 3, assignee_id=user.id).assignee_id == user.id


def test_notes_are_bounded_and_storable(shop: Shop) -> None:
    for notes in ("x" * 2001, "a\x00b", "\ud800"):
        with pytest.raises(InvalidInput) as refusal:
            planned(shop.bom.id, notes=notes)
        assert refusal.value.field == "notes"
    assert planned(shop.bom.id, notes="x" * 2000 + "").notes


def test_lines_follow_the_quantity(shop: Shop) -> None:
    build = edited(planned(shop.bom.id), 5)
    assert lines(build) == [(2, 10), (8, 40), (1, 5)]
    assert not build.modified
    assert service.events_of(build.id)[-1].note == "Quantity 2 → 5"


def test_an_edited_line_marks_the_build_as_modified_and_stays(shop: Shop) -> None:
    build = planned(shop.bom.id)
    board, screw, wax = line_ids(build)
    edited(build, lines={board: D("4.5")})
    assert build.modified
    edited(build, 5, lines={board: D("4.5"), screw: D(16), wax: D(2)})
    assert lines(build) == [(2, D("4.5")), (8, 40), (1, 5)]
    assert build.modified
    edited(build, 5, lines={board: D(10)})
    assert not build.modified


def test_a_component_can_be_left_out(shop: Shop) -> None:
    build = planned(shop.bom.id)
    edited(build, lines={line_ids(build)[2]: D(0)})
    assert build.modified
    service.execute(build.id, None)
    assert shop.stock() == (2, 16, 84, 20)


def test_but_not_every_component(shop: Shop) -> None:
    build = planned(shop.bom.id)
    with pytest.raises(InvalidInput, match="at least one component"):
        edited(build, lines=dict.fromkeys(line_ids(build), D(0)))
    assert lines(build) == [(2, 4), (8, 16), (1, 2)]


def test_a_component_that_the_bom_does_not_have_can_be_added(shop: Shop) -> None:
    build, oil = planned(shop.bom.id), create_product(name="Oil").id
    edited(build, added=(AddedLine(oil, D("0.25"), optional=True),))
    assert lines(build)[-1] == (0, D("0.25"))
    assert build.modified
    edited(build, lines={line_ids(build)[-1]: D(0)})
    assert len(lines(build)) == 3
    assert not build.modified


def test_a_component_can_be_replaced_by_another(shop: Shop) -> None:
    build, oil = planned(shop.bom.id), create_product().id
    edited(build, lines=dict.fromkeys(line_ids(build), D(0)), added=(AddedLine(oil, D(1)),))
    assert [quantity for _, quantity in lines(build)] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "wrong", ["itself", "again", "unknown", "inactive", "zero", "negative", "five decimals"]
)
def test_what_cannot_be_added(shop: Shop, wrong: str) -> None:
    build = planned(shop.bom.id)
    component = {
        "itself": shop.product_id,
        "again": shop.board,
        "unknown": 2**70,
        "inactive": create_product(is_active=False).id,
    }.get(wrong) or create_product().id
    quantity = {"zero": D(0), "negative": D(-1), "five decimals": D("0.00001")}.get(wrong, D(1))
    with pytest.raises(InvalidInput) as refusal:
        edited(build, added=(AddedLine(component, quantity),))
    assert refusal.value.field in {"component", "added_quantity"}
    assert len(lines(build)) == 3


def test_who_adds_what_is_there_already_is_told_what_to_do(shop: Shop) -> None:
    build = planned(shop.bom.id)
    with pytest.raises(InvalidInput, match=r"^A product cannot be its own component\.$"):
        edited(build, added=(AddedLine(shop.product_id, D(1)),))
    said = r"^Board \(SKU-\d+\) is a component already; change its quantity above\.$"
    with pytest.raises(InvalidInput, match=said):
        edited(build, added=(AddedLine(shop.board, D(1)),))


@pytest.mark.parametrize("quantity", ["-1", "0.00001", "NaN", "100000000000"])
def test_a_lines_quantity_is_checked_at_its_field(shop: Shop, quantity: str) -> None:
    build = planned(shop.bom.id)
    line_id = line_ids(build)[0]
    with pytest.raises(InvalidInput, match="four decimals") as refusal:
        edited(build, 9, lines={line_id: D(quantity)})
    assert refusal.value.field == f"line-{line_id}"
    assert build.quantity == 2


def test_another_builds_line_is_not_there(shop: Shop) -> None:
    build, other = planned(shop.bom.id), planned(shop.bom.id)
    with pytest.raises(NotFoundError):
        edited(build, lines={line_ids(other)[0]: D(1)})


def test_an_edit_that_changes_nothing_leaves_no_event(shop: Shop) -> None:
    build = edited(planned(shop.bom.id))
    assert [event.event for event in service.events_of(build.id)] == [Event.PLANNED]


def test_a_new_assignee_is_an_event_of_its_own(shop: Shop) -> None:
    build, user = planned(shop.bom.id), create_user()
    edited(build, assignee_id=user.id)
    last = service.events_of(build.id)[-1]
    assert (last.event, last.note) == (Event.ASSIGNED, user.full_name)
    service.assign(build.id, None, user.id)
    assert service.events_of(build.id)[-1].note == "Nobody"


def test_the_date_and_the_notes_can_be_changed(shop: Shop) -> None:
    build = edited(planned(shop.bom.id), target_date=date(2027, 1, 5), notes="Rush")
    assert (build.target_date, build.notes) == (date(2027, 1, 5), "Rush")
    assert service.events_of(build.id)[-1].note == "Target date 5 Jan 2027; Notes"


def test_the_queue_is_moved_through(shop: Shop) -> None:
    one, two, three = (planned(shop.bom.id).id for _ in range(3))
    assert queue() == [one, two, three]
    service.move(three, Direction.UP, None)
    assert queue() == [one, three, two]
    service.move(one, Direction.DOWN, None)
    assert queue() == [three, one, two]
    service.move(two, Direction.TOP, None)
    assert queue() == [two, three, one]
    service.move(two, Direction.UP, None)
    service.move(one, Direction.DOWN, None)
    service.move(two, Direction.TOP, None)
    assert queue() == [two, three, one]
    assert planned(shop.bom.id).id == queue()[-1]


def test_only_a_real_move_is_an_event(shop: Shop) -> None:
    one, two = planned(shop.bom.id), planned(shop.bom.id)
    service.move(one.id, Direction.UP, None)
    service.move(two.id, Direction.DOWN, None)
    service.move_before(two.id, None, None)
    service.move_before(one.id, two.id, None)
    service.move_before(one.id, one.id, None)
    assert len(service.events_of(one.id)) == len(service.events_of(two.id)) == 1


def test_a_build_is_put_before_another(shop: Shop) -> None:
    ids = [planned(shop.bom.id).id for _ in range(4)]
    service.move_before(ids[3], ids[1], None)
    assert queue() == [ids[0], ids[3], ids[1], ids[2]]
    service.move_before(ids[0], None, None)
    assert queue() == [ids[3], ids[1], ids[2], ids[0]]
    service.execute(ids[1], None)
    with pytest.raises(WrongStatus):
        service.move_before(ids[0], ids[1], None)
    with pytest.raises(WrongStatus, match="B-004711 has left the queue"):
        service.move_before(ids[0], 4711, None)
    assert queue() == [ids[3], ids[2], ids[0]]


def test_what_was_executed_has_left_the_queue(shop: Shop) -> None:
    one, two, three = (planned(shop.bom.id).id for _ in range(3))
    service.execute(two, None)
    service.move(three, Direction.UP, None)
    assert queue() == [three, one]


def test_deleting_is_in_the_audit_log(shop: Shop) -> None:
    user = create_user()
    build = planned(shop.bom.id)
    number = build.number
    service.delete_planned(build.id, user.id)
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.user_id) == ("build.deleted", user.id)
    assert entry.subject.startswith(f"{number}: 2 × Box")
    assert queue() == []


def test_moving_to_the_active_version_makes_the_lines_anew(shop: Shop) -> None:
    build = planned(shop.bom.id)
    edited(build, lines={line_ids(build)[0]: D(7)})
    active = create_bom(shop.product_id, {shop.board: 3, shop.wax: 2})
    service.move_to_active_version(build.id, None)
    assert (build.bom_id, build.modified) == (active.id, False)
    assert lines(build) == [(3, 6), (2, 4)]
    assert service.events_of(build.id)[-1].note == "Version 1 → 2"
    service.execute(build.id, None)
    assert build.status == BuildStatus.PENDING_EXPORT


def test_a_build_of_the_active_version_has_nowhere_to_move(shop: Shop) -> None:
    build = planned(shop.bom.id)
    with pytest.raises(WrongStatus, match="uses the active version already"):
        service.move_to_active_version(build.id, None)


def test_without_an_active_version_there_is_none_to_move_to(shop: Shop) -> None:
    build = planned(shop.bom.id)
    archive(shop.bom.id)
    with pytest.raises(BomNotActive, match="No version"):
        service.move_to_active_version(build.id, None)
    with pytest.raises(BomNotActive, match="no version is active"):
        service.execute(build.id, None)


def test_the_queue_knows_what_builds_would_cost(shop: Shop) -> None:
    build, other = planned(shop.bom.id, 2), planned(shop.bom.id, 1)
    assert service.estimated_costs([build.id, other.id]) == {build.id: D("24.80"), other.id: D("12.40")}
    assert service.estimated_costs([]) == {}


def test_planning_with_fields_alone(shop: Shop) -> None:
    build = service.plan_build(PlanFields(shop.bom.id, D(1)), None)
    assert (build.target_date, build.assignee_id, build.notes) == (None, None, "")
