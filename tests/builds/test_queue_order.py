"""The queue's order: one build is written when it moves, whatever the queue's length (BLD-25)."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.builds import service
from app.builds.models import Build
from app.builds.queue.order import APART
from app.builds.statuses import BuildStatus
from app.builds.values import Direction
from app.extensions import db
from tests.support.builds import Shop, planned
from tests.support.soak import trials
from tests.support.together import together

RECORD_WRITES = """
    CREATE TABLE written (id bigint);
    CREATE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO written VALUES (NEW.id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_written AFTER UPDATE ON builds FOR EACH ROW EXECUTE FUNCTION note_written()
"""


@pytest.fixture
def ids(shop: Shop) -> list[int]:
    """Eight planned builds, in their order."""
    return [planned(shop.bom.id, 1).id for _ in range(8)]


@pytest.fixture
def written(shop: Shop) -> Iterator[None]:
    """The database notes which builds are written."""
    db.session.execute(text(RECORD_WRITES))
    db.session.commit()
    yield
    db.session.rollback()
    db.session.execute(text("DROP FUNCTION note_written() CASCADE; DROP TABLE written"))
    db.session.commit()


def places() -> dict[int, int]:
    """The position of each planned build, from the top."""
    db.session.rollback()
    rows = select(Build.id, Build.queue_position).where(Build.status == BuildStatus.PLANNED)
    found = {row.id: row.queue_position for row in db.session.execute(rows.order_by(Build.queue_position))}
    assert all(above < below for above, below in pairwise(found.values()))
    return found


def queue() -> list[int]:
    return list(places())


def test_a_move_writes_the_build_that_moves_and_no_other(ids: list[int], written: None) -> None:
    service.move_before(ids[7], ids[0], None)
    service.move_before(ids[6], ids[2], None)
    service.move(ids[5], Direction.TOP, None)
    service.move_before(ids[1], None, None)
    assert db.session.scalars(text("SELECT id FROM written")).all() == [ids[7], ids[6], ids[5], ids[1]]
    assert queue() == [ids[each] for each in (5, 7, 0, 6, 2, 3, 4, 1)]


def test_a_move_waits_for_none_of_those_behind(app: Flask, ids: list[int]) -> None:
    done = threading.Event()

    def move() -> None:
        with app.app_context():
            service.move_before(ids[7], ids[1], None)
            done.set()

    db.session.rollback()
    with db.engine.begin() as another:
        another.execute(text("SELECT 1 FROM builds WHERE id = ANY(:ids) FOR UPDATE"), {"ids": ids[2:7]})
        thread = threading.Thread(target=move)
        thread.start()
        moved = done.wait(20)
    thread.join(60)
    assert moved
    assert queue() == [ids[0], ids[7], *ids[1:7]]


def test_the_same_place_can_be_taken_any_number_of_times(ids: list[int]) -> None:
    expected = list(ids)
    for _ in range(120):
        last = expected.pop()
        expected.insert(1, last)
        service.move_before(last, expected[2], None)
        assert queue() == expected


def test_positions_without_room_between_them_are_spread(ids: list[int]) -> None:
    crowd = text("UPDATE builds SET queue_position = queue_position / :apart")
    db.session.execute(crowd, {"apart": APART})
    db.session.commit()
    assert queue() == ids
    assert list(places().values()) == list(range(1, 9))
    service.move_before(ids[7], ids[4], None)
    assert queue() == [*ids[:4], ids[7], *ids[4:7]]
    service.move(ids[7], Direction.DOWN, None)
    assert queue() == [*ids[:5], ids[7], *ids[5:7]]


@pytest.mark.parametrize("seed", trials(2, 30))
def test_any_moves_leave_the_order_that_a_list_would_have(ids: list[int], seed: int) -> None:
    dice, expected = random.Random(seed), list(ids)
    for _ in range(60):
        mover = dice.choice(expected)
        others = [each for each in expected if each != mover]
        place = dice.randrange(len(expected))
        work = dice.choice(["top", "up", "down", "before", "before"])
        if work == "before":
            service.move_before(mover, others[place] if place < len(others) else None, None)
        else:
            now = expected.index(mover)
            place = {"top": 0, "up": max(now - 1, 0), "down": now + 1}[work]
            service.move(mover, Direction(work), None)
        expected = [*others[:place], mover, *others[place:]]
        assert queue() == expected


@pytest.mark.parametrize("trial", trials(1, 10))
def test_two_who_move_at_once_both_get_what_they_asked_for(app: Flask, ids: list[int], trial: int) -> None:
    first, *rest = ids
    for _ in range(25):  # enough to use up the room before the first build
        one, other = rest[-2:]
        ended = together(
            app,
            partial(service.move_before, one, rest[2], None),
            partial(service.move_before, other, rest[2], None),
        )
        assert ended == ["done", "done"]
        now = queue()
        assert set(now[3:5]) == {one, other}
        assert now[:3] + now[5:] == [first, *rest[:2], *rest[2:-2]]
        rest = now[1:]
