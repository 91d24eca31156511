"""The adjustment's page, as a person uses it without script."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products.models import StockAdjustment
from app.stock.models import StockTransaction
from app.stock.service import levels_of, turn_lots_on
from tests.products.builders import stock_up
from tests.support.pages import Seen, Visitor
from tests.support.products import create_product
from tests.support.visiting import signed_in

GOOD = {"direction": "add", "quantity": "20", "unit_cost": "6.50", "reason": "received_stock"}


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, signed in."""
    return signed_in(app, client, "owner")


@pytest.fixture
def product(app: Flask) -> int:
    """80 pcs at 4.00."""
    with app.app_context():
        product_id = create_product(name="Oak board", unit="pcs").id
        stock_up(product_id, "80", "320")
    return product_id


def on_hand(app: Flask, product: int) -> Decimal:
    with app.app_context():
        return levels_of([product])[product].on_hand


def nothing_written(app: Flask, product: int) -> bool:
    """Whether the product is as the fixture made it."""
    with app.app_context():
        counts = db.session.query(StockTransaction).count(), db.session.query(StockAdjustment).count()
    return on_hand(app, product) == 80 and counts == (1, 0)


def test_stock_is_added_from_the_products_page(app: Flask, visitor: Visitor, product: int) -> None:
    form = visitor.follow(visitor.get(f"/products/{product}"), "Adjust Stock")
    assert form.document.one("input", name="unit_cost")["value"] == "4"
    page = visitor.submit(form, "Adjust Stock", **GOOD, notes="From the fair")
    assert page.notices == ["Stock is adjusted: 100 pcs on hand."]
    assert page.path == f"/products/{product}"
    for text in ("100 pcs", "4.50", "450.00", "+20", "Received stock: From the fair", "Owner Number"):
        assert text in page.main


def test_the_result_is_shown_before_it_is_done(app: Flask, visitor: Visitor, product: int) -> None:
    form = visitor.get(f"/products/{product}/adjust")
    page = visitor.submit(form, "Show the result", **GOOD)
    outcome = page.document.one(id="outcome").text
    for text in ("80 pcs", "100 pcs", "4.50", "450.00"):
        assert text in outcome
    assert nothing_written(app, product)
    assert visitor.submit(page, "Adjust Stock").notices == ["Stock is adjusted: 100 pcs on hand."]


@pytest.mark.parametrize(
    ("entered", "field", "sentence"),
    [
        ({"quantity": ""}, "quantity", "Please fill this in."),
        ({"quantity": "0"}, "quantity", "above zero"),
        ({"quantity": "-1"}, "quantity", "above zero"),
        ({"quantity": "1e400"}, "quantity", "Enter a number"),
        ({"quantity": "1.00001"}, "quantity", "at most 4 decimals"),
        ({"quantity": "1,000"}, "quantity", "without commas"),
        ({"quantity": "a few"}, "quantity", "Enter a number"),
        ({"quantity": "NaN"}, "quantity", "Enter a number"),
        ({"quantity": "1\x00"}, "quantity", "Enter a number"),
        ({"quantity": "9" * 10_000}, "quantity", "no larger than"),
        ({"quantity": "x" * 10_000}, "quantity", "Enter a number"),
        ({"quantity": "٣"}, "quantity", "Enter a number"),
        ({"quantity": "99999999999"}, "quantity", "cannot be more than"),
        (
            {"quantity": "80.0001", "direction": "remove", "reason": "other"},
            "quantity",
            "no more than 80 pcs",
        ),
        ({"unit_cost": "-0.01"}, "unit_cost", "at least 0"),
        ({"unit_cost": "1e400"}, "unit_cost", "Enter a number"),
        ({"unit_cost": "0.0000001"}, "unit_cost", "at most 6 decimals"),
        ({"unit_cost": "1,5"}, "unit_cost", "without commas"),
        ({"unit_cost": "free"}, "unit_cost", "Enter a number"),
        ({"unit_cost": "\x00"}, "unit_cost", "Enter a number"),
        ({"unit_cost": "1" * 10_000}, "unit_cost", "no larger than"),
        ({"unit_cost": "99999999999"}, "unit_cost", "cannot be more than"),
        ({"reason": ""}, "reason", "Choose a reason."),
        ({"reason": "theft"}, "reason", "Not a valid choice"),
        ({"reason": "breakage_loss"}, "reason", "Choose Remove"),
        ({"direction": "remove"}, "reason", "Choose Add"),
        ({"notes": "a\x00b"}, "notes", "cannot be stored"),
        ({"notes": "x" * 10_000}, "notes", "at most 500 characters"),
    ],
)
def test_bad_values_are_refused_at_their_field(
    app: Flask, visitor: Visitor, product: int, entered: dict[str, str], field: str, sentence: str
) -> None:
    form = visitor.get(f"/products/{product}/adjust")
    page = visitor.submit(form, "Adjust Stock", status=400, **(GOOD | entered))
    assert sentence in page.document.one(id=f"{field}-error").text
    assert nothing_written(app, product)


@pytest.mark.parametrize("direction", ["", "sideways"])
def test_the_direction_must_be_chosen(app: Flask, visitor: Visitor, product: int, direction: str) -> None:
    form = visitor.get(f"/products/{product}/adjust")
    page = visitor.submit(form, "Adjust Stock", status=400, **(GOOD | {"direction": direction}))
    assert "hoose" in page.main or "Not a valid choice" in page.main
    assert nothing_written(app, product)


def test_a_removal_does_not_mind_what_stands_in_the_unit_cost(
    app: Flask, visitor: Visitor, product: int
) -> None:
    form = visitor.get(f"/products/{product}/adjust")
    removal = {"direction": "remove", "quantity": "80", "reason": "breakage_loss", "unit_cost": "cheap"}
    assert visitor.submit(form, "Adjust Stock", **removal).notices == ["Stock is adjusted: 0 pcs on hand."]
    assert on_hand(app, product) == 0


class TestSentTwice:
    """The form carries a token that counts once."""

    def test_the_same_form_adjusts_once(self, app: Flask, visitor: Visitor, product: int) -> None:
        form = visitor.get(f"/products/{product}/adjust")
        visitor.submit(form, "Adjust Stock", **GOOD)
        page = visitor.submit(form, "Adjust Stock", **GOOD)
        assert page.notices == ["This form was sent already, so nothing more was changed."]
        assert on_hand(app, product) == 100

    def test_a_fresh_form_adjusts_again(self, app: Flask, visitor: Visitor, product: int) -> None:
        for _ in range(2):
            visitor.submit(visitor.get(f"/products/{product}/adjust"), "Adjust Stock", **GOOD)
        assert on_hand(app, product) == 120

    @pytest.mark.parametrize("token", ["", "x", "\x00", "f" * 10_000])
    def test_a_form_without_a_token_of_ours_is_refused(
        self, app: Flask, visitor: Visitor, product: int, token: str
    ) -> None:
        form = visitor.get(f"/products/{product}/adjust")
        page = visitor.submit(form, "Adjust Stock", status=400, **GOOD, token=token)
        assert "Open the page again." in page.main
        assert nothing_written(app, product)


class TestWhoMay:
    """Only with the permission, only where we lead."""

    def test_a_builder_sees_no_button_and_is_refused(
        self, app: Flask, client: FlaskClient, product: int
    ) -> None:
        visitor = signed_in(app, client, "builder")
        page = visitor.get(f"/products/{product}")
        assert "Adjust Stock" not in page.main
        visitor.get(f"/products/{product}/adjust", status=403)
        assert posted(client, page, product) == 403
        assert nothing_written(app, product)

    def test_with_lots_it_is_the_lots_that_are_corrected(
        self, app: Flask, client: FlaskClient, visitor: Visitor, product: int
    ) -> None:
        with app.app_context():
            turn_lots_on(None)
        page = visitor.get(f"/products/{product}")
        assert "correct the lot instead" in page.main
        assert "Adjust Stock" not in page.main
        assert "correct the lot instead" in visitor.get(f"/products/{product}/adjust", status=409).main
        assert posted(client, page, product) == 409

    def test_products_that_are_not_there_are_not_found(self, visitor: Visitor) -> None:
        for number in ("99", "99999999999999999999"):
            visitor.get(f"/products/{number}/adjust", status=404)
            visitor.get(f"/products/{number}/history", status=404)


def posted(client: FlaskClient, page: Seen, product: int) -> int:
    """The status of a request that no page offered."""
    token = page.document.one("meta", name="csrf-token")["content"]
    answer = client.post(f"/products/{product}/adjust", data=GOOD, headers={"X-CSRFToken": token})
    return answer.status_code
