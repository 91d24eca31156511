"""Processes that sync at once, die in mid-sync, or sleep past their lease (LOCK-1…5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.extensions import db
from app.foundation.redis import redis_client
from app.items.documents import packed
from app.items.models import ItemPage
from app.sync import lock
from app.sync.endings import get_run
from app.sync.errors import SyncLockHeld
from app.sync.models import RunStatus, SyncEntry, SyncRun
from app.sync.runs import open_run
from app.sync.sweep import WORKER_LOST, sweep
from tests.items.connected import connect, counts, stored, sync
from tests.support.processes import Program, wait_until
from tests.support.sandbox import SandboxProcess
from tests.support.soak import trials

ITEMS = 1200
SHORT = ("--lease", 3)
CHECK = ("--stop", "before", "FOR SHARE")
"""Everything is read; the number that allows the commit is about to be looked at."""
STORED = ("--stop", "after", "INSERT INTO accounting_item_pages")
"""Items are written that nobody may see yet: a first listing's first page, or all of a later one."""
SUCCEEDED = ("--stop", "after", "created=%(created)s")
"""All is written and the commit comes next."""
PROGRESS = ("--stop", "after", "RETURNING sync_runs.cancel_requested")
"""In the middle of telling how far the run is."""
HELD = (
    r"A sync or build is in progress: Item sync of Alder & Finch Woodworks, started by the command line\. "
    r"Wait until it ends, then try again; its lock lapses by itself in (29\d|300) seconds at most\."
)

Start = Callable[..., Program]


@pytest.fixture(params=["a first listing", "a later listing"])
def connection_id(context: Flask, sandbox: SandboxProcess, request: pytest.FixtureRequest) -> int:
    """Of a company whose first listing is stored as it comes, or whose later one is staged and merged."""
    sandbox.reset(items=ITEMS)
    connection_id = connect(sandbox)
    if request.param == "a later listing":
        db.session.add(
            ItemPage(
                connection_id=connection_id,
                run_id=0,
                number=1,
                item_types=[],
                digest=b"old",
                listed=0,
                external_ids=[],
                documents=packed(b"[]"),
            )
        )
        db.session.commit()
    return connection_id


@pytest.fixture
def start(process_environment: dict[str, str], connection_id: int) -> Iterator[Start]:
    """Starts a process that syncs; see `tests.items.syncer` for its options."""
    with ExitStack() as programs:
        yield lambda *options: programs.enter_context(
            Program(process_environment, "tests.items.syncer", connection_id, *options)
        ).start()


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """This process, too, leases the lock and waits for a second only."""
    app.config["SYNC_LOCK_SECONDS"] = 1
    yield
    del app.config["SYNC_LOCK_SECONDS"]


def slow_second_page(sandbox: SandboxProcess) -> None:
    sandbox.fault("slow", contains="STARTPOSITION 1001", seconds=2)


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(SyncEntry)) or 0


def reading() -> bool:
    """Whether the open run has read its first page; the next one is slow."""
    db.session.rollback()
    run = open_run()
    return run is not None and run.processed == 1000


def assert_nothing_written() -> None:
    db.session.rollback()
    assert stored() == {}
    assert entries() == 0


def assert_superseded(sleeper: Program) -> None:
    outcome = sleeper.outcome()
    assert outcome["status"] == "superseded"
    assert outcome["message"].endswith("so nothing of it was written. Start it again.")
    assert_nothing_written()


def lapse() -> None:
    """Waits for the end of a short lease."""
    wait_until(lambda: lock.holder() is None, "the lease lapses")


def lapse_now() -> None:
    """A long lease has ended, as if that long had passed for Redis alone."""
    redis_client().delete(lock.KEY)


def dropped() -> None:
    """Waits until the database has ended the transaction in which a process sleeps."""
    db.session.rollback()
    wait_until(lambda: sleeping_transactions() == 0, "the sleeper's transaction is ended")


def sleeping_transactions() -> int:
    idle = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
    )
    with db.engine.begin() as connection:
        return int(connection.scalar(idle) or 0)


@pytest.mark.parametrize("trial", trials(1, 20))
def test_of_syncs_started_together_one_runs_and_the_others_are_told(
    process_environment: dict[str, str], connection_id: int, sandbox: SandboxProcess, trial: int
) -> None:
    sandbox.fault("slow", times=2, seconds=2)  # so that the others surely come meanwhile
    with ExitStack() as stack:
        programs = [
            stack.enter_context(Program(process_environment, "tests.items.syncer", connection_id))
            for _ in range(3)
        ]
        for program in programs:
            program.say_ready()
        for program in programs:
            program.go()
        outcomes = sorted((program.outcome() for program in programs), key=lambda each: each["status"])
    assert [each["status"] for each in outcomes] == ["refused", "refused", "succeeded"]
    assert outcomes[2]["created"] == len(stored()) > 0
    for refused in outcomes[:2]:
        assert "Item sync of Alder & Finch Woodworks, started by the command line" in refused["message"]
        assert re.search(r"in \d+ seconds", refused["message"])
    assert db.session.scalar(select(func.count()).select_from(SyncRun)) == 1


def test_who_comes_while_another_process_syncs_is_told_who_and_for_how_long(
    start: Start, connection_id: int, sandbox: SandboxProcess
) -> None:
    slow_second_page(sandbox)
    first = start()
    wait_until(reading, "the first page is read")
    with pytest.raises(SyncLockHeld) as refusal:
        sync(connection_id)
    assert re.fullmatch(HELD, refusal.value.message)
    assert first.outcome()["status"] == "succeeded"


@pytest.mark.parametrize("point", [PROGRESS, STORED, SUCCEEDED])
def test_a_process_killed_in_mid_sync_leaves_everything_as_it_was(
    start: Start, connection_id: int, point: tuple[str, ...]
) -> None:
    program = start(*SHORT, *point)
    program.await_pause()
    program.kill()
    assert_nothing_written()
    lapse()
    assert sweep() == 1
    assert (get_run(1).status, get_run(1).message) == (RunStatus.FAILED, WORKER_LOST)
    assert counts(sync(connection_id))[0] == len(stored()) == entries() > 0


def test_a_killed_process_keeps_the_lock_until_its_lease_ends(
    start: Start, connection_id: int, sandbox: SandboxProcess
) -> None:
    slow_second_page(sandbox)
    program = start()
    wait_until(reading, "the first page is read")
    program.kill()
    assert sweep() == 0
    with pytest.raises(SyncLockHeld, match=HELD):
        sync(connection_id)


def test_a_process_killed_after_its_run_has_ended_stands_in_nobodys_way(connection_id: int) -> None:
    run = sync(connection_id)
    lock.acquire(run.title, "the command line", run.id)
    assert counts(sync(connection_id))[0] == 0
    assert lock.holder() is None


def test_a_holder_that_slept_while_another_synced_writes_nothing(
    start: Start, connection_id: int, sandbox: SandboxProcess
) -> None:
    slow_second_page(sandbox)
    sleeper = start(*SHORT)
    wait_until(reading, "the first page is read")
    sleeper.pause()
    lapse()
    other = sync(connection_id)
    written = stored()
    sleeper.resume()
    assert sleeper.outcome() | {"peak_kilobytes": 0} == {
        "status": "failed",
        "message": WORKER_LOST,
        "created": 0,
        "peak_kilobytes": 0,
    }
    db.session.rollback()
    assert stored() == written
    assert counts(other)[0] == len(written) == entries()


def test_a_holder_that_slept_before_its_commit_while_another_synced_writes_nothing(
    start: Start, connection_id: int, sandbox: SandboxProcess
) -> None:
    sleeper = start(*CHECK)
    sleeper.await_pause()
    lapse_now()
    sandbox.control("items", {"upsert": [{"Name": "Brass hinge", "Type": "Inventory", "Sku": "HI-1"}]})
    other = sync(connection_id)
    written = stored()
    sleeper.resume()
    assert (sleeper.outcome()["status"], get_run(1).message) == ("failed", WORKER_LOST)
    db.session.rollback()
    assert stored() == written
    assert counts(other)[0] == len(written) == entries()


@pytest.mark.parametrize("connection_id", ["a first listing"], indirect=True)
def test_a_holder_that_slept_after_its_first_rows_while_another_synced_writes_nothing(
    start: Start, connection_id: int
) -> None:
    sleeper = start(*STORED)
    sleeper.await_pause()
    lapse_now()
    other = sync(connection_id)
    written = stored()
    sleeper.resume()
    assert sleeper.outcome()["status"] == "failed"
    db.session.rollback()
    assert stored() == written
    assert counts(other)[0] == len(written) == entries()


def test_a_holder_that_slept_before_its_commit_while_a_build_took_the_lock_is_superseded(
    start: Start,
) -> None:
    sleeper = start(*CHECK)
    sleeper.await_pause()
    lapse_now()
    build = lock.acquire("Build 12", "Grace Hopper")
    sleeper.resume()
    assert_superseded(sleeper)
    with db.engine.begin() as connection:
        build.check(connection)


def test_a_holder_that_slept_before_its_commit_undisturbed_may_commit(start: Start) -> None:
    sleeper = start(*CHECK)
    sleeper.await_pause()
    lapse_now()
    sleeper.resume()
    assert sleeper.outcome()["created"] == len(stored()) == entries() > 0


def test_a_holder_that_slept_between_pages_undisturbed_is_superseded(
    start: Start, sandbox: SandboxProcess
) -> None:
    slow_second_page(sandbox)
    sleeper = start(*SHORT)
    wait_until(reading, "the first page is read")
    sleeper.pause()
    lapse()
    sleeper.resume()
    assert_superseded(sleeper)


def test_nobody_gets_between_a_sleeping_holder_and_its_commit(start: Start, impatient: None) -> None:
    sleeper = start(*SUCCEEDED)
    sleeper.await_pause()
    lapse_now()
    with pytest.raises(SyncLockHeld, match="is writing its changes at this moment"):
        lock.acquire("Build 12", "Grace Hopper")
    assert lock.holder() is None
    sleeper.resume()
    assert sleeper.outcome()["created"] == len(stored()) == entries() > 0


@pytest.mark.parametrize("point", [PROGRESS, SUCCEEDED])
def test_a_holder_that_sleeps_inside_a_transaction_for_a_whole_lease_loses_it(
    start: Start, point: tuple[str, ...]
) -> None:
    sleeper = start(*SHORT, *point)
    sleeper.await_pause()
    dropped()
    sleeper.resume()
    assert_superseded(sleeper)


def test_nobody_waits_longer_than_a_lease_for_a_holder_that_sleeps_in_its_commit(
    start: Start, connection_id: int
) -> None:
    sleeper = start(*SHORT, *SUCCEEDED)
    sleeper.await_pause()
    lapse()
    dropped()
    other = sync(connection_id)
    written = stored()
    sleeper.resume()
    assert sleeper.outcome()["message"] == WORKER_LOST
    db.session.rollback()
    assert stored() == written
    assert counts(other)[0] == len(written) == entries()
