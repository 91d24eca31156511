"""The queue says in words which builds cannot be executed with what is on hand (BLD-43)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from app.builds import service
from app.builds.display.queue import PAGE_SIZE
from app.builds.errors import ComponentsMissing
from app.builds.queue.shortfalls import shortfalls
from app.stock.service import turn_lots_on
from tests.items.conftest import queries
from tests.people.member import Member, join
from tests.support.boms import create_bom
from tests.support.builds import Shop, planned
from tests.support.pages import Seen
from tests.support.products import create_product
from tests.support.stock import consumed, stocked

__all__ = ["queries"]

D = Decimal


def words_of(build_id: int) -> str | None:
    found = shortfalls([build_id]).get(build_id)
    return found and found.words


def rows(page: Seen) -> list[str]:
    """The text of each row of the queue."""
    return [row.text for row in page.document.one("tbody").all("tr")]


@pytest.fixture
def owner(app: Flask, shop: Shop) -> Member:
    """The Owner, signed in."""
    return join(app, "owner")


@pytest.mark.parametrize("lots", [False, True])
def test_the_first_part_is_named_and_the_others_are_counted(shop: Shop, lots: bool) -> None:
    if lots:
        turn_lots_on(None)
    glue = create_product(name="Glue", unit="l").id
    bom = create_bom(None, {shop.board: 2, glue: "0.5", shop.screw: 8})
    assert words_of(planned(bom.id, 1).id) == "Glue, 0.5 l missing"
    assert words_of(planned(bom.id, 11).id) == "Board, 2 pcs missing, and 1 more part"
    assert words_of(planned(bom.id, 13).id) == "Board, 6 pcs missing, and 2 more parts"


@pytest.mark.parametrize("quantity", [1, 10, 11, 20])
def test_it_is_what_executing_says(shop: Shop, quantity: int) -> None:
    build = planned(shop.bom.id, quantity)
    short = words_of(build.id)
    if quantity <= 10:
        assert short is None
        service.execute(build.id, None)
    else:
        with pytest.raises(ComponentsMissing) as refusal:
            service.execute(build.id, None)
        gap = refusal.value.gaps[0]
        assert short is not None and short.startswith(f"{gap.name}, {gap.missing.normalize():f} pcs missing")


def test_an_optional_part_and_one_that_is_left_out_hold_nothing_up(shop: Shop) -> None:
    glue = create_product(name="Glue").id
    build = planned(create_bom(None, {shop.board: 1, glue: 1}, {shop.wax: 90}).id, 1)
    assert words_of(build.id) == "Glue, 1 missing"
    line = next(line for line in service.lines_of(build.id) if line.component_id == glue)
    service.edit_planned(build.id, service.EditFields(D(1), lines={line.id: D(0)}), None)
    assert words_of(build.id) is None


def test_each_build_is_looked_at_by_itself(shop: Shop) -> None:
    builds = [planned(shop.bom.id, 10).id for _ in range(2)]
    assert shortfalls(builds) == {}
    consumed(shop.board, 1)
    assert set(shortfalls(builds)) == set(builds)
    stocked(shop.board, 1)
    assert shortfalls(builds) == {}


def test_the_queue_marks_what_is_short(owner: Member, shop: Shop) -> None:
    planned(shop.bom.id, 1)
    planned(shop.bom.id, 11)
    possible, short = rows(owner.get("/builds/queue"))
    assert "short of parts" not in possible
    assert "short of parts Board, 2 pcs missing" in short


def test_it_takes_one_query_more_however_many_builds_there_are(
    owner: Member, shop: Shop, queries: list[str]
) -> None:
    counts = []
    owner.get("/builds/queue")
    for count in (1, PAGE_SIZE):
        for _ in range(1 if count == 1 else PAGE_SIZE - 1):
            planned(shop.bom.id, 11)
        queries.clear()
        assert len(rows(owner.get("/builds/queue"))) == count
        counts.append(len(queries))
        assert len([query for query in queries if "count(*) OVER" in query]) == 1
    assert counts[0] == counts[1] <= 10
