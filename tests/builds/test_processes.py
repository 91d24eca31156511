"""Two processes execute at the same moment: what is there once is used once (BLD-43, OQ-27)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.builds import service
from app.builds.models import Build
from app.builds.statuses import BuildStatus
from app.extensions import db
from app.sync.models import SyncRun
from app.sync.work import ActiveRun, carry_out
from tests.support.boms import create_bom
from tests.support.builds import Shop, planned
from tests.support.people import create_user
from tests.support.processes import Program
from tests.support.products import create_product
from tests.support.soak import trials
from tests.support.stock import on_hand, stocked
from tests.sync.builders import create_connection, create_run

ROUNDS = 5


@pytest.fixture
def builders(process_environment: dict[str, str]) -> Iterator[list[Program]]:
    """Two processes that wait for builds to execute."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(Program(process_environment, "tests.builds.builder")) for _ in range(2)
        ]
        for program in programs:
            program.say_ready()
        yield programs


def at_once(builders: list[Program], build_ids: list[int]) -> list[tuple[str, str]]:
    """Each process executes its build, all at the same moment; returns outcome and message of each."""
    return told(builders, [f"execute {build_id}" for build_id in build_ids])


def told(builders: list[Program], works: list[str]) -> list[tuple[str, str]]:
    """Each process does its work, all at the same moment; returns outcome and message of each."""
    for program, work in zip(builders, works, strict=True):
        assert program.process.stdin is not None
        program.process.stdin.write(f"{work}\n")
        program.process.stdin.flush()
    return [_answer(program) for program in builders]


def _answer(program: Program) -> tuple[str, str]:
    assert program.process.stdout is not None
    answer = json.loads(program.process.stdout.readline())
    return answer["outcome"], answer["message"]


@pytest.mark.parametrize("trial", trials(1, 40))
def test_of_two_last_possible_builds_exactly_one_succeeds(
    shop: Shop, builders: list[Program], trial: int
) -> None:
    plank = create_product(name="Last plank").id
    first, second = create_bom(None, {plank: 3}), create_bom(None, {plank: 4})
    for number in range(ROUNDS):
        stocked(plank, 4 - on_hand(plank), 5)
        ids = [planned(first.id, 1).id, planned(second.id, 1).id]
        turned = builders[:: -1 if number % 2 else 1]
        outcomes = at_once(turned, ids)
        assert sorted(outcome for outcome, _ in outcomes) == ["ComponentsMissing", "built"]
        assert "Last plank (SKU-" in max(message for _, message in outcomes)
        assert "missing." in max(message for _, message in outcomes)
        assert on_hand(plank) == (1 if outcomes[0][0] == "built" else 0)


@pytest.mark.parametrize("trial", trials(1, 10))
def test_of_two_who_execute_the_same_build_one_is_told_so(
    shop: Shop, builders: list[Program], trial: int
) -> None:
    for _ in range(ROUNDS):
        stocked(shop.board, 2)
        stocked(shop.screw, 8)
        build = planned(shop.bom.id, 1)
        outcomes = at_once(builders, [build.id, build.id])
        assert sorted(outcome for outcome, _ in outcomes) == ["WrongStatus", "built"]
        assert max(message for _, message in outcomes).startswith(f"{build.number} has been executed already")
        db.session.expire_all()
        assert service.get_build(build.id).status == BuildStatus.PENDING_EXPORT
    assert on_hand(shop.product_id) == ROUNDS


@pytest.mark.parametrize("trial", trials(1, 20))
def test_a_form_sent_as_plan_and_as_execute_makes_one_build(
    shop: Shop, builders: list[Program], trial: int
) -> None:
    stocked(shop.board, 100)
    for number in range(2 * ROUNDS):
        token = uuid4()
        works = [f"quick {shop.bom.id} {token}", f"plan {shop.bom.id} {token}"]
        outcomes = told(builders, works[:: -1 if number % 2 else 1])
        assert [outcome for outcome, _ in outcomes].count("built") == 1
        refused, message = next(each for each in outcomes if each[0] != "built")
        made = db.session.scalars(select(Build).where(Build.token == token)).one()
        assert refused == ("AlreadyPlanned" if made.status == BuildStatus.PLANNED else "AlreadyBuilt")
        assert made.number in message
        db.session.rollback()


def test_a_build_meets_a_running_sync(shop: Shop, builders: list[Program]) -> None:
    ada = create_user("admin", first_name="Ada", last_name="Byron")
    run = create_run(create_connection(), started_by=ada.id)
    build = planned(shop.bom.id)
    seen: list[tuple[str, str]] = []

    def work(active: ActiveRun) -> None:
        seen.extend(at_once(builders, [build.id, build.id]))
        active.stop_if_cancelled()

    carry_out(run.id, work)
    assert [outcome for outcome, _ in seen] == ["SyncLockHeld"] * 2
    for _, message in seen:
        assert "Item sync of Alder & Finch, started by Ada Byron" in message
        assert "seconds at most" in message
    assert db.session.get_one(SyncRun, run.id, populate_existing=True).finished_at is None
    assert at_once(builders[:1], [build.id])[0][0] == "built"
