"""Builds are found by number, and by the name and SKU that their product has now."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.builds.display.searching import found_by
from app.builds.models import Build
from app.extensions import db
from app.foundation.transaction import transaction
from app.products.service import get_product
from tests.support.boms import create_bom
from tests.support.builds import Shop, planned
from tests.support.products import create_product


@pytest.fixture
def builds(shop: Shop) -> dict[str, int]:
    """Builds 1 to 12 of boxes, 13 of a walnut tray whose SKU is a number, 14 of a box again."""
    tray = create_product(name="Walnut tray", sku="12-34", product_type="finished_good").id
    create_product(name="Walnut board")  # of which nothing was ever built
    boms = [shop.bom.id] * 12 + [create_bom(tray, {shop.board: 1}).id, shop.bom.id]
    made = [planned(bom, 1).id for bom in boms]
    return {"tray": made[12], "twelfth": made[11]}


def found(asked: str) -> list[int]:
    """What a search finds."""
    condition = found_by(asked)
    assert condition is not None
    return list(db.session.scalars(select(Build.id).where(condition).order_by(Build.id)))


def test_what_most_builds_have_made(builds: dict[str, int]) -> None:
    boxes = [each for each in range(1, 15) if each != builds["tray"]]
    assert found("box") == found("BO") == boxes
    assert found("box walnut") == []


def test_what_few_builds_have_made(builds: dict[str, int]) -> None:
    assert found("walnut") == found("walnut tray") == found("12-34") == [builds["tray"]]
    assert found("walnut board") == found("nothing like it") == []


@pytest.mark.parametrize("asked", ["12", "B-000012", "b12"])
def test_a_number_finds_its_build_beside_what_has_it_in_its_name(builds: dict[str, int], asked: str) -> None:
    both = [builds["twelfth"], builds["tray"]]
    assert found(asked) == (both if asked == "12" else both[:1])


def test_a_number_that_most_products_have_finds_its_build_too(builds: dict[str, int], shop: Shop) -> None:
    for _ in range(3):
        tray = create_product(name="Tray 13", product_type="finished_good").id
        bom = create_bom(tray, {shop.board: 1}).id
        for _ in range(4):
            planned(bom, 1)
    assert found("13") == [13, *range(15, 27)]


@pytest.mark.parametrize("share", [1, 2, 3, 4, 13])
def test_at_any_share_all_that_match_are_found(shop: Shop, share: int) -> None:
    tray = create_bom(create_product(name="Walnut tray", product_type="finished_good").id, {shop.board: 1}).id
    made = [planned(tray if number < share else shop.bom.id, 1).id for number in range(14)]
    assert found("walnut") == made[:share]


def test_without_builds_nothing_is_found(shop: Shop) -> None:
    assert found("box") == found("1") == []
    assert found_by("-") is None


def test_builds_follow_the_names_of_their_products(builds: dict[str, int]) -> None:
    tray = get_product(db.session.get_one(Build, builds["tray"]).product_id)
    with transaction():
        tray.name = "Oak tray"
    assert (found("walnut"), found("oak"), found("12-34")) == ([], [builds["tray"]], [builds["tray"]])
    with transaction():
        tray.sku = "OT-9"
    assert (found("12-34"), found("ot 9")) == ([], [builds["tray"]])


def test_products_renamed_together_each_hand_their_own_words_on(builds: dict[str, int]) -> None:
    db.session.execute(text("UPDATE products SET name = 'Fine ' || name || ' no ' || id, is_active = true"))
    db.session.commit()
    words = "SELECT b.id FROM builds b JOIN products p ON p.id = b.product_id WHERE b.search <> p.search"
    assert db.session.scalars(text(words)).all() == []
    assert found("fine walnut") == [builds["tray"]]
