"""What can stand in the way of a change to the catalogue."""

from __future__ import annotations

from app.foundation.errors import InvalidInput


class SkuTaken(InvalidInput):
    """Another product has this SKU already, whatever the case of its letters."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"Another product has the SKU {sku}. Choose a different one.", field="sku")
        self.sku = sku
