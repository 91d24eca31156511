"""`verify` finds whatever was changed behind the ledger's back, and names it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.extensions import db
from app.stock import verify as verifying
from app.stock.service import (
    Consume,
    Difference,
    GiveBack,
    Kind,
    Reverse,
    register_check,
    turn_lots_off,
    turn_lots_on,
    verify,
)
from tests.stock.test_lots import sold, three_lots
from tests.support.stock import D, a_source, consumed, post_now, stocked

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.differs]


def tamper(*statements: str) -> None:
    """The statements, past the trigger that keeps the history and past every constraint."""
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def found() -> set[str]:
    """The checks that found something."""
    return {difference.check for difference in verify().differences}


@pytest.fixture
def busy(context: Flask) -> int:
    """A product in lots: built from, reversed, given back, sold short, not exported yet; returns its id."""
    turn_lots_on(None)
    product, build = three_lots(), a_source("build")
    consumed(product, 20, build)
    post_now(Reverse(source=build, kind=Kind.BUILD_REVERSAL))
    used = consumed(product, 20).transactions[0].id
    post_now(GiveBack(transaction_id=used, quantity=D(3), kind=Kind.BUILD_RECOVERY, source=a_source("build")))
    post_now(
        Consume(
            product_id=product,
            quantity=D(1),
            kind=Kind.BUILD_CONSUME,
            source=a_source("build"),
            awaits_export=True,
        )
    )
    sold(product, 200)
    stocked(product, 5)
    assert verify().differences == []
    return product


PLANTED = [
    ("UPDATE stock_levels SET on_hand = on_hand + 1", {"level", "lots of a level"}),
    ("UPDATE stock_levels SET value = value + 1", {"level", "lots of a level", "unit cost"}),
    ("UPDATE stock_levels SET unit_cost = unit_cost + 1", {"unit cost"}),
    ("DELETE FROM stock_levels", {"level", "lots of a level"}),
    ("UPDATE stock_transactions SET quantity = quantity + 1 WHERE id = 1", {"level", "running balance"}),
    ("UPDATE stock_transactions SET cost = cost + 1 WHERE id = 1", {"level", "running balance"}),
    ("UPDATE stock_transactions SET on_hand_after = 7 WHERE id = 2", {"running balance"}),
    ("UPDATE stock_transactions SET value_after = 7 WHERE id = 2", {"running balance"}),
    ("DELETE FROM stock_transactions WHERE id = 1", {"level", "running balance", "what made a lot"}),
    ("UPDATE lots SET quantity_remaining = 4 WHERE quantity_remaining = 5", {"lots of a level"}),
    ("UPDATE lots SET cost_remaining = 4 WHERE quantity_remaining = 5", {"what is left of a lot"}),
    ("UPDATE lots SET original_cost = original_cost + 1 WHERE id = 1", {"what made a lot"}),
    ("UPDATE lot_draws SET quantity = quantity + 1 WHERE id = 1", {"what is left of a lot", "draws"}),
    ("UPDATE lot_draws SET cost = cost + 1 WHERE id = 1", {"what is left of a lot", "draws"}),
    ("DELETE FROM lot_draws WHERE id = 1", {"what is left of a lot", "draws"}),
    ("UPDATE stock_transactions SET cost = cost + 1 WHERE reverses_id IS NOT NULL", {"reversal"}),
    ("UPDATE stock_transactions SET quantity = 40 WHERE gives_back_id IS NOT NULL", {"given back"}),
    ("UPDATE unexported_movements SET quantity = quantity - 1", {"unexported"}),
    ("UPDATE shortages SET quantity = quantity + 500", {"shortage", "lots of a level"}),
    ("UPDATE shortages SET cost = cost + 1", {"lots of a level"}),
]


@pytest.mark.parametrize(("statement", "checks"), PLANTED)
def test_a_planted_difference_is_found(busy: int, statement: str, checks: set[str]) -> None:
    tamper(statement)
    assert checks <= found()


def test_without_lots_a_value_of_the_wrong_sign_is_found(context: Flask) -> None:
    stocked()
    tamper(
        "UPDATE stock_levels SET value = -1",
        "UPDATE stock_transactions SET cost = -1, value_after = -1",
    )
    assert found() == {"sign of the value", "unit cost"}


def test_without_lots_more_owed_than_is_missing_is_found(context: Flask) -> None:
    product = stocked(quantity=6)
    sold(product, 10)
    assert found() == set()
    tamper("UPDATE shortages SET quantity = 5")
    assert verify().differences == [
        Difference("open shortages", f"product {product}", "at most 4.0000", "5.0000")
    ]


def test_without_lots_what_was_owed_is_owed_still_beside_lots_that_are_frozen(context: Flask) -> None:
    turn_lots_on(None)
    product = stocked(quantity=6)
    sold(product, 10)
    stocked(product, 5)
    turn_lots_off(None)
    assert found() == set()
    tamper("UPDATE shortages SET quantity = 6")
    assert found() == {"open shortages"}


@pytest.fixture
def _no_more_checks() -> Iterator[None]:
    before = list(verifying._more_checks)
    yield
    verifying._more_checks[:] = before


@pytest.mark.usefixtures("_no_more_checks")
def test_rooms_above_add_checks_of_their_own(context: Flask) -> None:
    def check(connection: Connection) -> Iterator[Difference]:
        yield Difference("builds", "build 1", "2 movements", str(connection.scalar(text("SELECT 1"))))

    register_check(check)
    register_check(check)
    assert verify().differences == [Difference("builds", "build 1", "2 movements", "1")]


def test_the_command_says_what_it_looked_at(app: Flask) -> None:
    stocked()
    result = app.test_cli_runner().invoke(args=["stock", "verify"])
    assert (result.exit_code, result.stdout) == (
        0,
        "1 product, 1 transaction, 0 lots: everything agrees.\n",
    )


def test_the_command_names_each_difference_and_fails(app: Flask) -> None:
    product = stocked(quantity=10, unit_cost=2)
    tamper("UPDATE stock_levels SET on_hand = 11, value = 22")
    result = app.test_cli_runner().invoke(args=["stock", "verify"])
    assert result.exit_code == 1
    assert f"level, product {product}: expected 10.0000 at 20.000000 in all, found 11.0000" in result.stdout
    result = app.test_cli_runner().invoke(args=["stock", "verify", "--json"])
    assert result.exit_code == 1
    facts = json.loads(result.stdout)
    assert (facts["products"], facts["transactions"], facts["lots"]) == (1, 1, 0)
    assert [one["check"] for one in facts["differences"]] == ["level"]
