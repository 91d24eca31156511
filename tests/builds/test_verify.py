"""`stock verify` finds builds that do not agree with the ledger, and names them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from app.builds.statuses import Recovery
from app.extensions import db
from app.stock.service import verify
from tests.support.builds import Shop, built, in_review, planned, rejected

pytestmark = pytest.mark.differs

MOVEMENTS, CONSUMED = "movements of a build", "what a build consumed"


def tamper(statement: str) -> None:
    """The statement, past every trigger and foreign key."""
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def found() -> set[str]:
    """The checks of builds that found something."""
    return {each.check for each in verify().differences if "build" in each.check}


@pytest.fixture(autouse=True)
def busy(shop: Shop) -> None:
    """A build of each sort: 1 built, 2 lost in part, 3 planned, 4 recovered, 5 in review."""
    built(shop.bom.id, 1)
    rejected(in_review(shop.bom.id, 1).id, Recovery.PARTIAL, {shop.board: Decimal(1)})
    planned(shop.bom.id, 1)
    rejected(in_review(shop.bom.id, 1).id)
    in_review(shop.bom.id, 1)
    assert verify().differences == []


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("DELETE FROM stock_transactions WHERE source_id = 1 AND kind = 'BUILD_PRODUCE'", {MOVEMENTS}),
        (
            "DELETE FROM stock_transactions WHERE source_id = 1 AND kind = 'BUILD_CONSUME'"
            " AND product_id = 1",
            {MOVEMENTS, CONSUMED},
        ),
        ("DELETE FROM stock_transactions WHERE source_id = 4 AND kind = 'BUILD_RECOVERY'", {MOVEMENTS}),
        (
            "INSERT INTO stock_transactions (product_id, kind, quantity, cost, on_hand_after, value_after,"
            " occurred_at, source_kind, source_id)"
            " VALUES (1, 'BUILD_CONSUME', -1, 0, 0, 0, now(), 'build', 3)",
            {MOVEMENTS},
        ),
        (
            "UPDATE stock_transactions SET cost = cost + 1 WHERE source_id = 1 AND kind = 'BUILD_PRODUCE'",
            {MOVEMENTS},
        ),
        (
            "UPDATE build_lines SET consumed_cost = consumed_cost + 1 WHERE build_id = 1 AND position = 1",
            {MOVEMENTS, CONSUMED, "material of a build"},
        ),
        (
            "UPDATE build_lines SET transaction_id = NULL WHERE build_id = 5 AND position = 1",
            {CONSUMED},
        ),
        (
            "UPDATE builds SET material_cost = material_cost + 1, total_cost = total_cost + 1 WHERE id = 5",
            {"material of a build", "unit cost of a build"},
        ),
        (
            "UPDATE builds SET cost_lines_total = cost_lines_total + 1, total_cost = total_cost + 1"
            " WHERE id = 5",
            {"cost lines of a build", "unit cost of a build"},
        ),
        ("UPDATE builds SET unit_cost = unit_cost + 1 WHERE id = 1", {"unit cost of a build"}),
        ("UPDATE builds SET unit_cost = NULL WHERE id = 1", {"unit cost of a build"}),
        ("UPDATE builds SET waste_cost = waste_cost + 1 WHERE id = 2", {"waste of a build"}),
        ("UPDATE builds SET waste_cost = NULL WHERE id = 2", {"waste of a build"}),
        (
            "UPDATE builds SET quantity = 2 WHERE id = 1",
            {MOVEMENTS, "cost lines of a build", "unit cost of a build"},
        ),
        ("UPDATE builds SET status = 'pending_export' WHERE id = 5", {MOVEMENTS}),
        ("UPDATE builds SET status = 'reversed', reversed_at = now() WHERE id = 1", {MOVEMENTS}),
    ],
)
def test_whatever_was_changed_is_found(statement: str, checks: set[str]) -> None:
    tamper(statement)
    assert found() == checks


def test_a_difference_names_the_build_and_both_sides() -> None:
    tamper("UPDATE builds SET unit_cost = 1 WHERE id = 1")
    (difference,) = [each for each in verify().differences if "build" in each.check]
    assert (difference.subject, difference.expected, difference.found) == ("build 1", "13.600000", "1.000000")


def test_movements_of_builds_that_are_none_are_left_alone() -> None:
    tamper("UPDATE stock_transactions SET source_id = 4711 WHERE source_kind = 'build' AND source_id = 1")
    assert found() == {MOVEMENTS, CONSUMED}
