"""Stock corrected by hand: the use case and its rules (ADJ-1…5)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.errors import InvalidInput, NotFoundError
from app.products import leading
from app.products.adjusting import Adjustment, Direction, Reason, adjust, outcome_of, refusal
from app.products.errors import AdjustingRefused, AlreadyAdjusted
from app.products.glance import glance_at
from app.products.models import StockAdjustment
from app.products.periods import Period
from app.stock.service import Level, levels_of
from tests.products.builders import stock_up
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.soak import trials


def adjustment(product_id: int, **overrides: Any) -> Adjustment:
    """Ten units added for another reason, unless said otherwise."""
    values: dict[str, Any] = {
        "product_id": product_id,
        "direction": Direction.ADD,
        "quantity": Decimal(10),
        "unit_cost": Decimal(4),
        "reason": Reason.OTHER,
    }
    return Adjustment(**(values | overrides))


def level(product_id: int) -> Level:
    return levels_of([product_id])[product_id]


@pytest.fixture
def product(context: Flask) -> int:
    """80 units at 4.00 (COST-2)."""
    product_id = create_product(unit="pcs").id
    stock_up(product_id, "80", "320")
    return product_id


class TestAdding:
    """What comes in changes the average."""

    def test_an_addition_at_another_cost_moves_the_average(self, product: int) -> None:
        adjust(adjustment(product, quantity=Decimal(20), unit_cost=Decimal("6.5")), uuid4(), None)
        assert level(product) == Level(Decimal(100), Decimal(450), Decimal("4.5"))

    def test_without_a_cost_it_comes_in_at_the_present_one(self, product: int) -> None:
        adjust(adjustment(product, unit_cost=None), uuid4(), None)
        assert level(product) == Level(Decimal(90), Decimal(360), Decimal(4))

    def test_the_first_of_a_product_needs_its_cost(self, context: Flask) -> None:
        new = create_product().id
        with pytest.raises(InvalidInput, match="none is known yet") as caught:
            adjust(adjustment(new, unit_cost=None), uuid4(), None)
        assert caught.value.field == "unit_cost"
        adjust(adjustment(new, unit_cost=Decimal(0)), uuid4(), None)
        assert level(new) == Level(Decimal(10), Decimal(0), Decimal(0))

    def test_one_transaction_says_who_why_and_how_much(self, product: int) -> None:
        user = create_user()
        adjust(adjustment(product, reason=Reason.COUNT, notes="Two boxes\nfound"), uuid4(), user.id)
        found = glance_at(product, Period.ALL).transactions[0]
        assert len(glance_at(product, Period.ALL).transactions) == 2
        assert (found.kind, found.quantity, found.cost) == ("ADJUSTMENT", Decimal(10), Decimal(40))
        name = f"{user.first_name} {user.last_name}"
        assert (found.note, found.user_name) == ("Count correction: Two boxes\nfound", name)
        stored = db.session.get_one(StockAdjustment, found.source_id)
        assert (stored.product_id, stored.reason, stored.notes) == (
            product,
            "count_correction",
            "Two boxes\nfound",
        )


class TestRemoving:
    """What goes out leaves the unit cost as it is, and never goes below zero."""

    def removal(self, product: int, quantity: str) -> Adjustment:
        return adjustment(
            product, direction=Direction.REMOVE, quantity=Decimal(quantity), reason=Reason.BREAKAGE
        )

    def test_a_removal_leaves_the_unit_cost(self, product: int) -> None:
        adjust(self.removal(product, "30"), uuid4(), None)
        assert level(product) == Level(Decimal(50), Decimal(200), Decimal(4))

    def test_all_of_it_takes_all_the_value(self, context: Flask) -> None:
        thirds = create_product().id
        stock_up(thirds, "3", "10")
        adjust(self.removal(thirds, "3"), uuid4(), None)
        assert level(thirds) == Level(Decimal(0), Decimal(0), Decimal("3.333333"))

    def test_more_than_there_is_is_refused_and_says_what_there_is(self, product: int) -> None:
        with pytest.raises(InvalidInput, match="no more than 80 pcs on hand") as caught:
            adjust(self.removal(product, "80.0001"), uuid4(), None)
        assert caught.value.field == "quantity"
        assert (level(product).on_hand, len(glance_at(product, Period.ALL).transactions)) == (Decimal(80), 1)
        assert db.session.query(StockAdjustment).count() == 0


class TestRules:
    """What can be seen at once."""

    @pytest.mark.parametrize(
        ("overrides", "field"),
        [
            ({"quantity": Decimal(0)}, "quantity"),
            ({"quantity": Decimal(-1)}, "quantity"),
            ({"quantity": Decimal("0.00001")}, "quantity"),
            ({"quantity": Decimal("1e400")}, "quantity"),
            ({"quantity": Decimal("Infinity")}, "quantity"),
            ({"quantity": Decimal("NaN")}, "quantity"),
            ({"unit_cost": Decimal(-1)}, "unit_cost"),
            ({"unit_cost": Decimal("0.0000001")}, "unit_cost"),
            ({"unit_cost": Decimal("1e400")}, "unit_cost"),
            ({"unit_cost": Decimal("NaN")}, "unit_cost"),
            ({"quantity": Decimal(10**10), "unit_cost": Decimal(10**10)}, "unit_cost"),
            ({"quantity": Decimal(99_999_999_999)}, "quantity"),
            ({"reason": Reason.BREAKAGE}, "reason"),
            ({"reason": Reason.RECEIVED, "direction": Direction.REMOVE}, "reason"),
            ({"notes": "a\x00b"}, "notes"),
            ({"notes": "x" * 10_000}, "notes"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(
        self, product: int, overrides: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            adjust(adjustment(product, **overrides), uuid4(), None)
        assert caught.value.field == field
        assert (level(product).on_hand, db.session.query(StockAdjustment).count()) == (Decimal(80), 0)

    @pytest.mark.parametrize("reason", list(Reason))
    def test_every_reason_fits_one_direction_at_least(self, product: int, reason: Reason) -> None:
        fitting = Direction.REMOVE if reason is Reason.BREAKAGE else Direction.ADD
        adjust(adjustment(product, reason=reason, direction=fitting), uuid4(), None)
        assert glance_at(product, Period.ALL).transactions[0].note == reason.label

    def test_a_product_that_is_not_there_is_not_found(self, context: Flask) -> None:
        with pytest.raises(NotFoundError):
            adjust(adjustment(99), uuid4(), None)


class TestLooking:
    """What would come of it, without doing it."""

    def test_it_shows_before_and_after_and_writes_nothing(self, product: int) -> None:
        shown = outcome_of(adjustment(product, quantity=Decimal(20), unit_cost=Decimal("6.5")))
        assert shown.before == level(product) == Level(Decimal(80), Decimal(320), Decimal(4))
        assert shown.after == Level(Decimal(100), Decimal(450), Decimal("4.5"))
        db.session.rollback()
        assert (
            len(glance_at(product, Period.ALL).transactions),
            db.session.query(StockAdjustment).count(),
        ) == (1, 0)

    def test_it_is_what_then_happens(self, product: int) -> None:
        wanted = adjustment(product, quantity=Decimal("0.3333"), unit_cost=Decimal("7.123457"))
        shown = outcome_of(wanted)
        assert adjust(wanted, uuid4(), None) == shown.after == level(product)


class TestWhoLeads:
    """Nobody corrects by hand what the books lead on."""

    @pytest.fixture
    def led(self) -> Iterator[set[int]]:
        """Products that the books lead on."""
        ids: set[int] = set()
        leader = lambda number: "QuickBooks Online leads on it." if number in ids else None  # noqa: E731
        leading.register_leader(leader)
        yield ids
        leading._leaders.remove(leader)

    def test_the_leaders_sentence_refuses(self, product: int, led: set[int]) -> None:
        led.add(product)
        assert refusal(product) == "QuickBooks Online leads on it."
        with pytest.raises(AdjustingRefused, match="QuickBooks Online leads"):
            adjust(adjustment(product), uuid4(), None)
        assert level(product).on_hand == 80

    def test_others_are_free(self, product: int, led: set[int]) -> None:
        led.add(product + 1)
        assert refusal(product) is None


class TestOnce:
    """A form that is sent twice adjusts once."""

    def test_the_second_is_told(self, product: int) -> None:
        token = uuid4()
        adjust(adjustment(product), token, None)
        with pytest.raises(AlreadyAdjusted):
            adjust(adjustment(product), token, None)
        assert level(product).on_hand == 90

    def test_a_refused_one_can_be_mended_and_sent_again(self, product: int) -> None:
        token = uuid4()
        with pytest.raises(InvalidInput):
            adjust(adjustment(product, direction=Direction.REMOVE, quantity=Decimal(81)), token, None)
        adjust(adjustment(product, direction=Direction.REMOVE, quantity=Decimal(8)), token, None)
        assert level(product).on_hand == 72

    @pytest.mark.parametrize("trial", trials(3, 60))
    def test_of_many_at_once_one_counts(self, app: Flask, trial: int) -> None:
        with app.app_context():
            product = create_product().id
        token = uuid4()

        def send(_number: int) -> str:
            return sent(app, adjustment(product), token)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(16)))
        assert sorted(set(answers)) == ["already", "done"]
        assert answers.count("done") == 1
        with app.app_context():
            assert level(product).on_hand == 10


def sent(app: Flask, wanted: Adjustment, token: UUID) -> str:
    """How a request ended."""
    with app.app_context():
        try:
            adjust(wanted, token, None)
        except AlreadyAdjusted:
            return "already"
        return "done"


@pytest.mark.parametrize("trial", trials(3, 60))
def test_of_many_who_remove_the_last_at_once_one_gets_it(app: Flask, trial: int) -> None:
    with app.app_context():
        product = create_product().id
        stock_up(product, "1", "4")
    last = adjustment(product, direction=Direction.REMOVE, quantity=Decimal(1), unit_cost=None)

    def take(_number: int) -> bool:
        with app.app_context():
            try:
                adjust(last, uuid4(), None)
            except InvalidInput:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1
    with app.app_context():
        assert level(product).on_hand == 0
