"""What can stand in the way of a change to the catalogue."""

from __future__ import annotations

from app.foundation.errors import Conflict, InvalidInput


class SkuTaken(InvalidInput):
    """Another product has this SKU already, whatever the case of its letters."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"Another product has the SKU {sku}. Choose a different one.", field="sku")
        self.sku = sku


class AdjustingRefused(Conflict):
    """Somebody else leads on the product's quantity: the books, or its lots (ADJ-1)."""


class AlreadyAdjusted(Conflict):
    """The same form was sent before, and did what it says then."""

    def __init__(self) -> None:
        super().__init__("This form was sent already, so nothing more was changed.")
