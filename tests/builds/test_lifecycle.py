"""The state table of builds: every row, and every event in every other status refused (product.md, 11)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.builds import service
from app.builds.errors import WrongStatus
from app.builds.models import Build, BuildEvent, BuildLine
from app.builds.statuses import BuildStatus, Event, Recovery, RejectionReason
from app.builds.values import Direction, EditFields, QuickFields
from app.extensions import db
from app.foundation.errors import NotFoundError
from app.workspace.features import Feature
from tests.support.boms import create_bom
from tests.support.builds import (
    Shop,
    build_in,
    export_failed,
    exported,
    in_review,
    planned,
    rejected,
    switch_on,
)
from tests.support.people import create_user

D = Decimal
FULL_STOCK = (D(0), D(20), D(100), D(20))
COMPONENTS_GONE = (D(0), D(16), D(84), D(18))
BUILT = (D(2), D(16), D(84), D(18))


def moved_to_a_new_version(build: Build, shop: Shop) -> None:
    create_bom(shop.product_id, {shop.board: 3})
    service.move_to_active_version(build.id, None)


def reject_with(mode: Recovery, **recovered: int) -> Callable[[Build, Shop], object]:
    def event(build: Build, shop: Shop) -> object:
        back = {getattr(shop, name): D(quantity) for name, quantity in recovered.items()}
        return rejected(build.id, mode, back)

    return event


EVENTS: dict[str, tuple[Event, Callable[[Build, Shop], object]]] = {
    "edit": (Event.EDITED, lambda build, _: service.edit_planned(build.id, EditFields(D(3)), None)),
    "assign": (Event.ASSIGNED, lambda build, _: service.assign(build.id, create_user("builder").id, None)),
    "move up": (Event.MOVED, lambda build, _: service.move(build.id, Direction.UP, None)),
    "move down": (Event.MOVED, lambda build, _: service.move(build.id, Direction.DOWN, None)),
    "move to the top": (Event.MOVED, lambda build, _: service.move(build.id, Direction.TOP, None)),
    "move to the end": (Event.MOVED, lambda build, _: service.move_before(build.id, None, None)),
    "move to the active version": (Event.RENEWED, moved_to_a_new_version),
    "delete": (Event.DELETED, lambda build, _: service.delete_planned(build.id, None)),
    "execute": (Event.EXECUTED, lambda build, _: service.execute(build.id, None)),
    "approve": (Event.APPROVED, lambda build, _: service.approve(build.id, "", None)),
    "reject, full recovery": (Event.REJECTED, reject_with(Recovery.FULL)),
    "reject, total loss": (Event.REJECTED, reject_with(Recovery.NONE)),
    "reject, partial": (Event.REJECTED, reject_with(Recovery.PARTIAL, board=1)),
    "export ok": (Event.EXPORTED, lambda build, _: exported(build.id)),
    "export fails": (Event.EXPORT_FAILED, lambda build, _: export_failed(build.id)),
    "undo": (Event.REVERSED, lambda build, _: service.undo(build.id, "", None)),
}
P, E, W = BuildStatus.PLANNED, BuildStatus.EXECUTED, BuildStatus.PENDING_EXPORT
S, F, J, R = BuildStatus.SYNCED, BuildStatus.FAILED, BuildStatus.REJECTED, BuildStatus.REVERSED


@dataclass(frozen=True)
class Row:
    """One row of the table: what leads from where to where, and what is on hand then."""

    before: BuildStatus
    event: str
    after: BuildStatus | None
    stock: tuple[Decimal, ...]


TABLE = [
    Row(P, "edit", P, FULL_STOCK),
    Row(P, "assign", P, FULL_STOCK),
    Row(P, "move up", P, FULL_STOCK),
    Row(P, "move down", P, FULL_STOCK),
    Row(P, "move to the top", P, FULL_STOCK),
    Row(P, "move to the end", P, FULL_STOCK),
    Row(P, "move to the active version", P, FULL_STOCK),
    Row(P, "delete", None, FULL_STOCK),
    Row(P, "execute", W, BUILT),
    Row(E, "approve", W, BUILT),
    Row(E, "reject, full recovery", J, FULL_STOCK),
    Row(E, "reject, total loss", W, COMPONENTS_GONE),
    Row(E, "reject, partial", W, (D(0), D(17), D(84), D(18))),
    Row(W, "export ok", S, BUILT),
    Row(F, "export ok", S, BUILT),
    Row(W, "export fails", F, BUILT),
    Row(E, "undo", R, FULL_STOCK),
    Row(W, "undo", R, FULL_STOCK),
    Row(F, "undo", R, FULL_STOCK),
]
ALLOWED = {(row.before, row.event) for row in TABLE}
REFUSED = [(status, event) for status in BuildStatus for event in EVENTS if (status, event) not in ALLOWED]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.before}: {row.event}")
def test_each_row_of_the_state_table(shop: Shop, row: Row) -> None:
    build = build_in(row.before, shop.bom.id)
    build_id = build.id
    EVENTS[row.event][1](build, shop)
    assert shop.stock() == row.stock
    if row.after is None:
        with pytest.raises(NotFoundError):
            service.get_build(build_id)
    else:
        assert service.get_build(build_id).status == row.after


def test_plan(shop: Shop) -> None:
    build = planned(shop.bom.id)
    assert build.status == BuildStatus.PLANNED
    assert shop.stock() == FULL_STOCK


def test_execute_while_qa_is_on(shop: Shop) -> None:
    switch_on(Feature.QA_REVIEW)
    build = planned(shop.bom.id)
    service.execute(build.id, None)
    assert build.status == BuildStatus.EXECUTED
    assert shop.stock() == COMPONENTS_GONE


@pytest.mark.parametrize("qa", [False, True])
def test_a_quick_build_has_no_planned_state(shop: Shop, qa: bool) -> None:
    if qa:
        switch_on(Feature.QA_REVIEW)
    build = service.quick_build(QuickFields(shop.bom.id, D(2)), uuid4(), None)
    assert build.status == (BuildStatus.EXECUTED if qa else BuildStatus.PENDING_EXPORT)
    assert shop.stock() == (COMPONENTS_GONE if qa else BUILT)
    assert [event.from_status for event in service.events_of(build.id)] == [None]


@pytest.mark.parametrize(("status", "event"), REFUSED, ids=str)
def test_every_other_event_is_refused_with_a_sentence(shop: Shop, status: BuildStatus, event: str) -> None:
    build = build_in(status, shop.bom.id)
    before = snapshot(build.id), shop.stock()
    with pytest.raises(WrongStatus) as refusal:
        EVENTS[event][1](build, shop)
    assert refusal.value.message.startswith(f"{build.number} ")
    assert refusal.value.message.endswith("Nothing was changed.")
    assert (snapshot(build.id), shop.stock()) == before


def snapshot(build_id: int) -> object:
    """All that is stored of a build."""
    db.session.expire_all()
    columns = {Build: Build.id, BuildLine: BuildLine.build_id, BuildEvent: BuildEvent.build_id}
    return [
        db.session.execute(select(*model.__table__.columns).where(column == build_id)).all()
        for model, column in columns.items()
    ]


@pytest.mark.parametrize("event", EVENTS)
def test_what_does_not_exist_has_no_events(shop: Shop, event: str) -> None:
    for build_id in (0, -1, 4711, 2**63, 2**80):
        with pytest.raises(NotFoundError):
            EVENTS[event][1](Build(id=build_id), shop)


def test_each_transition_says_when_and_by_whom(shop: Shop) -> None:
    people = [create_user(role).id for role in ("owner", "builder", "admin", "accountant")]
    build = planned(shop.bom.id, user_id=people[0])
    service.assign(build.id, people[1], people[0])
    switch_on(Feature.QA_REVIEW)
    service.execute(build.id, people[1])
    service.approve(build.id, "Looks fine", people[2])
    export_failed(build.id, "The books refused it.", people[3])
    exported(build.id, people[3])
    events = service.events_of(build.id)
    assert [(each.event, each.from_status, each.to_status, each.user_id) for each in events] == [
        (Event.PLANNED, None, P, people[0]),
        (Event.ASSIGNED, P, P, people[0]),
        (Event.EXECUTED, P, E, people[1]),
        (Event.APPROVED, E, W, people[2]),
        (Event.EXPORT_FAILED, W, F, people[3]),
        (Event.EXPORTED, F, S, people[3]),
    ]
    assert [each.note for each in events[2:]] == ["", "Looks fine", "The books refused it.", ""]
    assert events[1].note.startswith("Builder Number ")
    assert all(earlier.at <= later.at for earlier, later in itertools.pairwise(events))
    assert (build.created_by, build.assignee_id, build.executed_by, build.reviewed_by) == (
        people[0],
        people[1],
        people[1],
        people[2],
    )


def test_who_executed_is_recorded_apart_from_who_was_assigned(shop: Shop) -> None:
    assigned, other = create_user("builder").id, create_user("admin").id
    build = planned(shop.bom.id, assignee_id=assigned)
    service.execute(build.id, other)
    assert (build.assignee_id, build.executed_by) == (assigned, other)


def test_undoing_says_who_and_when(shop: Shop) -> None:
    owner = create_user().id
    build = build_in(BuildStatus.PENDING_EXPORT, shop.bom.id)
    service.undo(build.id, "Built the wrong one", owner)
    last = service.events_of(build.id)[-1]
    assert (last.event, last.user_id, last.note) == (Event.REVERSED, owner, "Built the wrong one")
    assert (build.reversed_by, build.reversed_at) == (owner, last.at)


def test_rejecting_says_why(shop: Shop) -> None:
    admin = create_user("admin").id
    build = in_review(shop.bom.id)
    service.reject(build.id, RejectionReason.WRONG_MATERIALS, Recovery.NONE, {}, "Oak, not ash", admin)
    note = service.events_of(build.id)[-1].note
    assert note == "Wrong materials; Total loss: nothing goes back; Oak, not ash"
    assert (build.rejection_reason, build.review_notes) == ("wrong_materials", "Oak, not ash")


def test_a_build_has_a_number_for_people() -> None:
    assert Build(id=123).number == "B-000123"
