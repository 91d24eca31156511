"""What a stock transaction can be (STK-3, OQ-10)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Why stock changed."""

    ACCOUNTING_SYNC = "ACCOUNTING_SYNC"
    BUILD_CONSUME = "BUILD_CONSUME"
    BUILD_PRODUCE = "BUILD_PRODUCE"
    BUILD_RECOVERY = "BUILD_RECOVERY"
    BUILD_REVERSAL = "BUILD_REVERSAL"
    RECEIVE = "RECEIVE"
    RECEIPT_VOID = "RECEIPT_VOID"
    RECEIPT_EDIT = "RECEIPT_EDIT"
    LOT_ADJUSTMENT = "LOT_ADJUSTMENT"
    ADJUSTMENT = "ADJUSTMENT"
    SALE = "SALE"
    SALE_REVERSAL = "SALE_REVERSAL"
    OPENING = "OPENING"
    COST_CORRECTION = "COST_CORRECTION"

    @property
    def label(self) -> str:
        """The kind as people read it: "Accounting sync"."""
        return KIND_LABELS[self]


KIND_LABELS = {
    Kind.ACCOUNTING_SYNC: "Accounting sync",
    Kind.BUILD_CONSUME: "Used by a build",
    Kind.BUILD_PRODUCE: "Made by a build",
    Kind.BUILD_RECOVERY: "Recovered from a build",
    Kind.BUILD_REVERSAL: "Build reversed",
    Kind.RECEIVE: "Received",
    Kind.RECEIPT_VOID: "Receipt voided",
    Kind.RECEIPT_EDIT: "Receipt edited",
    Kind.LOT_ADJUSTMENT: "Lot adjustment",
    Kind.ADJUSTMENT: "Adjustment",
    Kind.SALE: "Sale",
    Kind.SALE_REVERSAL: "Sale reversed",
    Kind.OPENING: "Opening stock",
    Kind.COST_CORRECTION: "Cost correction",
}
