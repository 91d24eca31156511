"""A run from the click to its end, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import InvalidInput
from app.foundation.redis import redis_client
from app.foundation.transaction import transaction
from app.sync import lock, runs
from app.sync.endings import get_run
from app.sync.errors import SyncLockHeld
from app.sync.models import RunKind, RunStatus, SyncRun
from app.sync.sweep import NOT_PICKED_UP, WORKER_LOST, sweep
from app.sync.work import UNEXPECTED, ActiveRun, Counts, carry_out
from tests.support.workspace import create_workspace
from tests.sync.builders import create_connection, create_run

TITLE = "Item sync of Alder & Finch"


@pytest.fixture(autouse=True)
def connection_id(context: Flask) -> int:
    create_workspace()
    return create_connection()


def request(connection_id: int) -> SyncRun:
    return runs.request_run(RunKind.ITEM_SYNC, connection_id, TITLE, None)


def finish(active: ActiveRun) -> None:
    with db.engine.begin() as connection:
        active.lock.check(connection)
        active.succeed(connection, Counts(created=3, updated=2, deactivated=1, skipped=4))


def test_a_run_that_succeeds_keeps_its_counts_and_frees_the_lock(connection_id: int) -> None:
    run = carry_out(request(connection_id).id, finish)
    assert (run.status, run.created, run.updated, run.deactivated, run.skipped) == ("succeeded", 3, 2, 1, 4)
    assert run.seconds is not None
    assert lock.holder() is None


def test_a_run_holds_the_lock_while_it_works(connection_id: int) -> None:
    seen: list[str] = []

    def work(active: ActiveRun) -> None:
        holder = lock.holder()
        seen.append(holder.what if holder else "nobody")
        finish(active)

    carry_out(request(connection_id).id, work)
    assert seen == [TITLE]


def test_a_second_run_is_refused_while_one_waits(connection_id: int) -> None:
    request(connection_id)
    with pytest.raises(SyncLockHeld, match="waits for a worker"):
        request(connection_id)


def test_a_run_is_refused_while_something_else_holds_the_lock(connection_id: int) -> None:
    lock.acquire("Build 12", "Grace Hopper")
    with pytest.raises(SyncLockHeld, match="Build 12, started by Grace Hopper"):
        request(connection_id)


def test_an_expected_error_ends_the_run_with_its_sentence(connection_id: int) -> None:
    def work(active: ActiveRun) -> None:
        raise InvalidInput("The books made no sense.")

    run = carry_out(request(connection_id).id, work)
    assert (run.status, run.message) == ("failed", "The books made no sense.")
    assert lock.holder() is None


def test_an_unexpected_error_ends_the_run_without_its_details(connection_id: int) -> None:
    def work(active: ActiveRun) -> None:
        raise ZeroDivisionError("secret token")

    run = carry_out(request(connection_id).id, work)
    assert (run.status, run.message) == ("failed", UNEXPECTED)


def test_carrying_out_twice_does_the_work_once(connection_id: int) -> None:
    run_id = request(connection_id).id
    carry_out(run_id, finish)
    calls: list[int] = []
    carry_out(run_id, lambda active: calls.append(1))
    assert calls == []


def test_a_waiting_run_can_be_cancelled(connection_id: int) -> None:
    run_id = request(connection_id).id
    assert runs.cancel(run_id).status == RunStatus.CANCELLED
    assert carry_out(run_id, finish).status == RunStatus.CANCELLED


def test_a_working_run_stops_at_its_next_step(connection_id: int) -> None:
    def work(active: ActiveRun) -> None:
        runs.cancel(active.run_id)
        active.progress(1000)
        finish(active)

    run = carry_out(request(connection_id).id, work)
    assert (run.status, run.created) == (RunStatus.CANCELLED, 0)


def test_a_run_whose_lock_passed_on_is_superseded(connection_id: int) -> None:
    def work(active: ActiveRun) -> None:
        redis_client().delete(lock.KEY)
        lock.acquire("Build 12", "Grace")
        finish(active)

    run = carry_out(request(connection_id).id, work)
    assert (run.status, run.created) == (RunStatus.SUPERSEDED, 0)


def running(connection_id: int) -> int:
    run = create_run(connection_id, status=RunStatus.RUNNING, started_at=utcnow())
    return run.id


def test_the_sweep_ends_a_run_whose_worker_died(connection_id: int) -> None:
    run_id = running(connection_id)
    assert sweep() == 1
    assert get_run(run_id).message == WORKER_LOST
    assert lock.holder() is None


def test_the_sweep_leaves_a_run_that_works_alone(connection_id: int) -> None:
    run_id = running(connection_id)
    lock.acquire(TITLE, "Ada", run_id)
    assert sweep() == 0
    assert get_run(run_id).status == RunStatus.RUNNING


def test_the_sweep_leaves_another_holder_in_possession(connection_id: int) -> None:
    run_id = running(connection_id)
    build = lock.acquire("Build 12", "Grace")
    assert sweep() == 1
    assert get_run(run_id).status == RunStatus.FAILED
    with db.engine.begin() as connection:
        build.check(connection)


def test_after_the_sweep_a_paused_holder_cannot_commit(connection_id: int) -> None:
    def work(active: ActiveRun) -> None:
        redis_client().delete(lock.KEY)
        sweep()
        finish(active)

    run = carry_out(request(connection_id).id, work)
    assert (run.status, run.created) == (RunStatus.FAILED, 0)


def test_the_sweep_ends_a_run_that_no_worker_picks_up(connection_id: int) -> None:
    run_id = request(connection_id).id
    with transaction() as session:
        session.execute(update(SyncRun).values(queued_at=utcnow() - timedelta(minutes=6)))
    assert sweep() == 1
    assert get_run(run_id).message == NOT_PICKED_UP


def test_the_database_allows_one_open_run_only(connection_id: int) -> None:
    create_run(connection_id)
    with pytest.raises(Exception, match="uq_sync_runs_open"), db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sync_runs (kind, connection_id, title, queued_at) "
                "VALUES ('item_sync', :c, 'x', now())"
            ),
            {"c": connection_id},
        )
