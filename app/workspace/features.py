"""The features that come with later releases, and what each is for (PLAN-5…10).

None of them can be turned on yet, so that no switch is stored: their rooms bring the switches along.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """A feature as a person decides on it: what it does, and what it needs."""

    name: str
    purpose: str
    needs: str = ""


FEATURES = (
    Feature(
        "Receiving",
        "Record what suppliers deliver. Each confirmed receipt puts lots on the shelf, which are used up "
        "oldest first, and Lotledger leads on quantities from then on.",
    ),
    Feature(
        "Sales tracking",
        "Read invoices and sales receipts from the books, take what was sent out of the lots of finished "
        "goods, and show the margin of each sale.",
        needs="Needs Receiving.",
    ),
    Feature(
        "QA review",
        "Executed builds wait until somebody approves them before their output is on the shelf.",
    ),
    Feature("Build assignments", "A planned build names who will do it before it can be executed."),
    Feature(
        "Inventory reservation",
        "Components of planned builds no longer count as available when you ask what can be built.",
    ),
)
