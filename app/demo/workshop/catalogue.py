"""The workshop's products, with what a year of work does to the stock of each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.products.models import ProductType
from app.products.service import ProductFields, create_products

Ids = Mapping[str, int]
"""Of each SKU the product's id."""

FILE = Path(__file__).parent / "wares.csv"


@dataclass(frozen=True)
class Ware:
    """A product: `monthly` is what leaves in a usual month, `now` what is there before the first build."""

    fields: ProductFields
    unit_cost: Decimal
    monthly: Decimal
    now: Decimal

    @property
    def sku(self) -> str:
        """What the recipes call it."""
        return self.fields.sku

    @property
    def is_bought(self) -> bool:
        """Whether somebody delivers it; all else is made here."""
        return self.fields.product_type in (ProductType.RAW_MATERIAL, ProductType.COMPONENT)


def read_wares() -> list[Ware]:
    """The workshop's products in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_ware(row) for row in csv.DictReader(file)]


def _ware(row: Mapping[str, str]) -> Ware:
    fields = ProductFields(
        row["sku"],
        row["name"],
        ProductType(row["type"]),
        unit=row["unit"],
        description=row["description"],
        reorder_point=Decimal(row["reorder"]),
    )
    return Ware(fields, Decimal(row["cost"]), Decimal(row["monthly"]), Decimal(row["now"]))


def create_catalogue(wares: list[Ware]) -> Ids:
    """The products stand in the catalogue, without stock."""
    ids = create_products([ware.fields for ware in wares])
    return dict(zip((ware.sku for ware in wares), ids, strict=True))
