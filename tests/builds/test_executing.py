"""Execution: what refuses it, that it is all or nothing, and that nothing is built twice (BLD-35…56)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.builds import service
from app.builds.errors import (
    AlreadyBuilt,
    AssigneeMissing,
    BomNotActive,
    BuildInterrupted,
    ComponentsMissing,
    ProductInactive,
    TooCostly,
    WrongStatus,
)
from app.builds.execution import locking
from app.builds.models import Build, BuildEvent
from app.builds.statuses import BuildStatus
from app.builds.values import EditFields, QuickFields
from app.extensions import db
from app.foundation.errors import Conflict, InvalidInput, NotFoundError
from app.products.service import set_active
from app.stock.service import Consume, Kind, turn_lots_on
from app.sync import lock
from app.sync.errors import SyncLockHeld
from app.sync.lock import Purpose
from app.sync.models import RunKind
from app.sync.runs import request_run
from app.workspace.features import Feature
from tests.bench.stock_ledger import counted
from tests.support.boms import create_bom, labor
from tests.support.builds import Shop, built, planned, switch_off, switch_on
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.stock import a_source, on_hand, post_now, stocked
from tests.sync.builders import create_connection

D = Decimal
UNTOUCHED = (D(0), D(20), D(100), D(20))


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    app.config["BUILD_PATIENCE_SECONDS"] = 0.3
    yield
    del app.config["BUILD_PATIENCE_SECONDS"]


def builds() -> int:
    """How many builds are stored."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Build)) or 0


@pytest.mark.parametrize("lots", [False, True])
def test_a_shortage_names_each_component_and_its_gap(shop: Shop, lots: bool) -> None:
    if lots:
        turn_lots_on(None)
    build = planned(shop.bom.id, 13)
    with pytest.raises(ComponentsMissing) as refusal:
        service.execute(build.id, None)
    message = refusal.value.message
    assert message.startswith("There is not enough on hand for this build. Board (SKU-")
    assert "26 pcs needed, 20 pcs on hand, 6 pcs missing." in message
    assert "Screw (SKU-" in message
    assert "104 needed, 100 on hand, 4 missing." in message
    assert "Wax" not in message
    assert [(gap.component_id, gap.missing) for gap in refusal.value.gaps] == [
        (shop.board, 6),
        (shop.screw, 4),
    ]
    assert shop.stock() == UNTOUCHED
    assert build.status == BuildStatus.PLANNED


def test_a_quick_build_that_is_refused_leaves_nothing_not_even_a_number(shop: Shop) -> None:
    token = uuid4()
    with pytest.raises(ComponentsMissing):
        service.quick_build(QuickFields(shop.bom.id, D(11)), token, None)
    assert builds() == 0
    assert shop.stock() == UNTOUCHED
    assert service.quick_build(QuickFields(shop.bom.id, D(10)), token, None).number == "B-000001"


def test_stock_below_zero_is_none(shop: Shop) -> None:
    post_now(
        Consume(product_id=shop.board, quantity=D(30), allow_shortage=True, kind=Kind.SALE, source=a_source())
    )
    with pytest.raises(ComponentsMissing, match="2 pcs needed, 0 pcs on hand, 2 pcs missing"):
        built(shop.bom.id, 1)


def test_executing_twice_says_so_and_changes_nothing(shop: Shop) -> None:
    build = planned(shop.bom.id)
    service.execute(build.id, None)
    after = shop.stock()
    with pytest.raises(WrongStatus, match=r"B-000001 has been executed already"):
        service.execute(build.id, None)
    assert shop.stock() == after
    assert len(service.events_of(build.id)) == 2


def test_a_token_builds_once(shop: Shop) -> None:
    token = uuid4()
    build = service.quick_build(QuickFields(shop.bom.id, D(2)), token, None)
    after = shop.stock()
    with pytest.raises(AlreadyBuilt, match="built once, as B-000001") as again:
        service.quick_build(QuickFields(shop.bom.id, D(2)), token, None)
    assert again.value.build_id == build.id
    assert shop.stock() == after
    assert builds() == 1


def test_two_clicks_at_once_build_once(shop: Shop, app: Flask) -> None:
    token, bom_id = uuid4(), shop.bom.id
    results: list[object] = []

    def click() -> None:
        with app.app_context():
            try:
                results.append(service.quick_build(QuickFields(bom_id, D(2)), token, None).id)
            except AlreadyBuilt as error:
                results.append(error)

    together(click, click)
    assert sorted(map(type, results), key=str) == [AlreadyBuilt, int]
    assert builds() == 1
    assert shop.stock() == (2, 16, 84, 18)


def together(*works: object) -> None:
    """All of them at the same time, each in a thread of its own."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.parametrize("quantity", ["0", "-2", "1.5", "NaN", "100000000000"])
def test_a_quick_build_of_no_whole_number_is_refused(shop: Shop, quantity: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        service.quick_build(QuickFields(shop.bom.id, D(quantity)), uuid4(), None)
    assert refusal.value.field == "quantity"
    assert builds() == 0


@pytest.mark.parametrize("bom_id", [0, -1, 4711, 2**63])
def test_a_quick_build_of_a_forged_bom_is_not_there(shop: Shop, bom_id: int) -> None:
    with pytest.raises(NotFoundError):
        service.quick_build(QuickFields(bom_id, D(1)), uuid4(), None)


def test_an_archived_or_draft_version_is_not_built(shop: Shop) -> None:
    build = planned(shop.bom.id)
    draft = create_bom(shop.product_id, {shop.board: 1}, draft=True)
    with pytest.raises(BomNotActive, match="draft"):
        built(draft.id)
    create_bom(shop.product_id, {shop.board: 3})
    for attempt in (lambda: built(shop.bom.id), lambda: service.execute(build.id, None)):
        with pytest.raises(BomNotActive, match=r"Version 1 .* is archived"):
            attempt()
    assert shop.stock() == UNTOUCHED


@pytest.mark.parametrize("what", ["product_id", "board", "wax"])
def test_what_is_inactive_is_not_built(shop: Shop, what: str) -> None:
    build = planned(shop.bom.id)
    set_active(getattr(shop, what), False)
    for attempt in (lambda: built(shop.bom.id), lambda: service.execute(build.id, None)):
        with pytest.raises(ProductInactive):
            attempt()
    assert shop.stock() == UNTOUCHED


def test_an_inactive_component_that_was_left_out_is_no_obstacle(shop: Shop) -> None:
    build = planned(shop.bom.id)
    wax = service.lines_of(build.id)[2]
    service.edit_planned(build.id, EditFields(D(2), lines={wax.id: D(0)}), None)
    set_active(shop.wax, False)
    assert service.preview_build(build.id).is_possible
    service.execute(build.id, None)


def test_an_assignee_is_needed_only_while_assignments_are_on_and_for_planned_builds(shop: Shop) -> None:
    switch_on(Feature.BUILD_ASSIGNMENTS)
    build, other = planned(shop.bom.id, 1), planned(shop.bom.id, 1)
    with pytest.raises(AssigneeMissing, match="Assign it first"):
        service.execute(build.id, None)
    service.assign(build.id, create_user("builder").id, None)
    service.execute(build.id, None)
    built(shop.bom.id, 1)
    switch_off(Feature.BUILD_ASSIGNMENTS)
    service.execute(other.id, None)
    assert build.assignee_id is not None


def test_a_build_of_more_than_can_be_kept_is_refused(shop: Shop) -> None:
    bom = create_bom(None, {shop.board: "0.0001"}, costs=(labor("99999999999"),))
    with pytest.raises(TooCostly, match="would cost more than"):
        built(bom.id, 2)
    with pytest.raises(TooCostly):
        built(bom.id, 1)
    assert shop.stock() == UNTOUCHED
    assert builds() == 0


def test_while_an_item_sync_runs_it_is_refused_with_who_and_how_long(shop: Shop) -> None:
    build = planned(shop.bom.id)
    lock.acquire("Item sync of Acme", "Ada Byron", 7)
    started = time.monotonic()
    for attempt in (lambda: service.execute(build.id, None), lambda: built(shop.bom.id)):
        with pytest.raises(SyncLockHeld) as refusal:
            attempt()
        assert "Item sync of Acme, started by Ada Byron" in refusal.value.message
        assert "seconds at most" in refusal.value.message
    assert time.monotonic() - started < 2
    assert shop.stock() == UNTOUCHED


def test_while_a_build_executes_a_sync_is_refused_with_who_and_how_long(shop: Shop, app: Flask) -> None:
    user, connection = create_user("builder"), create_connection()
    refused: list[str] = []

    def ask_for_a_sync() -> None:
        with app.app_context():
            try:
                request_run(RunKind.ITEM_SYNC, connection, "Item sync of Acme", None)
            except SyncLockHeld as error:
                refused.append(error.message)

    with locking.alone("Build B-000001, 2 × Box", user.id):
        together(ask_for_a_sync)
    assert refused
    assert f"Build B-000001, 2 × Box, started by {user.full_name}" in refused[0]
    assert "in 300 seconds at most" in refused[0]
    request_run(RunKind.ITEM_SYNC, connection, "Item sync of Acme", None)


def test_a_build_waits_for_another_ones_moment(shop: Shop, app: Flask) -> None:
    held = lock.acquire("Build B-000009, 1 × Chair", "Grace", purpose=Purpose.BUILD)

    def end() -> None:
        with app.app_context():
            held.release()

    timer = threading.Timer(0.7, end)
    timer.start()
    started = time.monotonic()
    built(shop.bom.id)
    assert 0.6 < time.monotonic() - started < 8
    timer.join()


def test_but_not_for_ever(shop: Shop, impatient: None) -> None:
    lock.acquire("Build B-000009, 1 × Chair", "Grace", purpose=Purpose.BUILD)
    with pytest.raises(SyncLockHeld, match="B-000009, 1 × Chair, started by Grace"):
        built(shop.bom.id)


def test_the_lock_is_free_after_a_build_and_after_a_refused_one(shop: Shop) -> None:
    built(shop.bom.id)
    assert lock.holder() is None
    with pytest.raises(Conflict):
        built(shop.bom.id, 10**6)
    assert lock.holder() is None


def test_a_build_that_falls_silent_writes_nothing(shop: Shop, app: Flask) -> None:
    build = planned(shop.bom.id)
    app.config["SYNC_LOCK_SECONDS"] = 1
    try:
        with pytest.raises(BuildInterrupted), locking.alone("Build of 2 × Box", None) as session:
            session.get_one(Build, build.id).notes = "Written too late"
            session.flush()
            time.sleep(1.6)
            session.execute(text("SELECT 1"))
    finally:
        del app.config["SYNC_LOCK_SECONDS"]
    assert service.get_build(build.id).notes == ""
    service.execute(build.id, None)


OVERTAKE = """
    CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE workspace SET sync_fence = nextval('sync_fence');
        RETURN NULL;
    END $$;
    CREATE TRIGGER overtake AFTER UPDATE ON workspace FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION overtake()
"""


def fails_and_changes_nothing(shop: Shop, trap: str, undo: str, error: type[Exception], says: str) -> None:
    """An execution that runs into the trap leaves all as it was."""
    build = planned(shop.bom.id)
    db.session.execute(text(trap))
    db.session.commit()
    try:
        with pytest.raises(error, match=says):
            service.execute(build.id, None)
    finally:
        db.session.execute(text(undo))
        db.session.commit()
    assert service.get_build(build.id).status == BuildStatus.PLANNED
    assert shop.stock() == UNTOUCHED
    assert lock.holder() is None


def test_a_build_that_was_overtaken_writes_nothing(shop: Shop) -> None:
    undo = "DROP FUNCTION overtake() CASCADE"
    fails_and_changes_nothing(shop, OVERTAKE, undo, BuildInterrupted, "its lock lapsed")


def test_after_a_failure_in_the_middle_all_is_as_before(shop: Shop) -> None:
    trap = "ALTER TABLE build_events ADD CONSTRAINT trap CHECK (event <> 'executed')"
    undo = "ALTER TABLE build_events DROP CONSTRAINT trap"
    fails_and_changes_nothing(shop, trap, undo, Exception, "trap")


def test_qa_counts_for_builds_executed_from_then_on(shop: Shop) -> None:
    before = built(shop.bom.id, 1)
    switch_on(Feature.QA_REVIEW)
    during = built(shop.bom.id, 1)
    switch_off(Feature.QA_REVIEW)
    assert before.status == BuildStatus.PENDING_EXPORT
    assert during.status == BuildStatus.EXECUTED
    service.approve(during.id, "", None)
    assert on_hand(shop.product_id) == 2


def test_a_build_takes_a_fixed_number_of_statements(shop: Shop) -> None:
    turn_lots_on(None)
    many = create_bom(None, {stocked(quantity=9): 1 for _ in range(40)}, costs=(labor(), labor()))
    counts = []
    for bom in (shop.bom, many):
        with counted() as statements:
            built(bom.id)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    build = planned(many.id)
    with counted() as statements:
        service.execute(build.id, None)
    assert len(statements) < counts[0] + 15


def test_the_order_of_the_bom_is_kept_in_the_lines(shop: Shop) -> None:
    parts = [create_product().id for _ in range(6)]
    for product_id in parts:
        stocked(product_id, 5)
    bom = create_bom(None, dict.fromkeys(reversed(parts), 1))
    build = built(bom.id)
    assert [line.component_id for line in service.lines_of(build.id)] == parts[::-1]
    assert db.session.scalar(select(func.count()).select_from(BuildEvent)) == 1
