"""Lists of builds that are longer than what is counted: what they show, and with how few queries."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from tests.bench.build_lists import PAGES, fill
from tests.items.conftest import queries
from tests.people.member import Member, join
from tests.support.workspace import create_workspace

__all__ = ["queries"]

BUILDS = 1500
MATCHING = """
    SELECT 'B-' || lpad(b.id::text, 6, '0') FROM builds b JOIN products p ON p.id = b.product_id
    WHERE p.name ILIKE :word ORDER BY b.id DESC
"""


OF_ONE_PRODUCT = """
    UPDATE builds SET product_id = 28, bom_id = (SELECT id FROM boms WHERE product_id = 28) WHERE id > :after
"""


@pytest.fixture
def owner(app: Flask) -> Member:
    """The Owner, signed in, in a workshop with many builds whose movements nobody has posted."""
    with app.app_context():
        create_workspace()
        member = join(app, "owner")
        fill(BUILDS)
    return member


def all_shown(owner: Member, path: str) -> list[str]:
    """The numbers on the page and on all that follow it."""
    numbers: list[str] = []
    page = owner.get(path)
    while True:
        numbers += re.findall(r"B-\d{6}", page.document.one("tbody").text)
        following = [link["href"] for link in page.document.all("a") if link["rel"] == "next"]
        if not following:
            return numbers
        page = owner.get(following[0])


@pytest.mark.differs
@pytest.mark.parametrize("word", ["part", "walnut", "board"])
def test_a_search_shows_all_that_match_in_order(app: Flask, owner: Member, word: str) -> None:
    with app.app_context():
        wanted = list(db.session.scalars(text(MATCHING), {"word": f"%{word}%"}))
    assert all_shown(owner, f"/builds?q={word}") == wanted
    assert all_shown(owner, f"/builds?q={word}&sort=number") == wanted[::-1]


@pytest.mark.differs
def test_more_than_are_counted_are_said_to_be_more(owner: Member) -> None:
    assert "More than 1,000 builds" in owner.get("/builds?q=part").main


@pytest.mark.differs
def test_no_page_takes_more_than_ten_queries(owner: Member, queries: list[str]) -> None:
    owner.get("/builds")
    counts = {}
    for name, path in PAGES.items():
        queries.clear()
        owner.get(path)
        counts[name] = len(queries)
    assert {name: count for name, count in counts.items() if count > 10} == {}


def offered(owner: Member, path: str) -> list[str]:
    """The products that the filter of a list offers."""
    options = [
        each for select in owner.get(path).document.all("select", name="product") for each in select.all()
    ]
    return [option.text for option in options if option.tag == "option" and option["value"]]


@pytest.mark.differs
def test_of_many_products_the_filter_offers_the_chosen_one_alone(app: Flask, owner: Member) -> None:
    assert offered(owner, "/builds") == []
    assert len(offered(owner, "/builds?product=28")) == 1
    for after, products in ((1000, 0), (0, 1)):  # the latest builds are of one product, then all are
        with app.app_context(), db.session.begin():
            db.session.execute(text(OF_ONE_PRODUCT), {"after": after})
        assert len(offered(owner, "/builds")) == products
