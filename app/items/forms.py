"""What people enter when they import items."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import SelectField

from app.foundation.ids import id_from
from app.foundation.pages.forms import Form, is_storable
from app.items.plan import Decision
from app.products.forms import TYPE_CHOICES
from app.products.models import LONGEST_SKU, ProductType


class ImportForm(Form):
    """As what the selected items are imported (OQ-12)."""

    product_type = SelectField(
        "Import as",
        choices=TYPE_CHOICES,
        default=ProductType.RAW_MATERIAL.value,
        description="You can change the type of each product later.",
    )


class Decisions:
    """What a person chose for each clash on the import page, and what is wrong with it.

    Three fields an item: `action-17` (link, sku or leave), `product-17` (the product shown), `sku-17`.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.errors: dict[int, str] = {}
        self.chosen: dict[int, Decision] = {}
        for name, action in fields.items():
            item = id_from(name.removeprefix("action-")) if name.startswith("action-") else None
            if item is not None:
                self.chosen[item] = self._decision(item, action)

    def action(self, item: int, offered: bool) -> str:
        """What the page shows as chosen: what was, or else a link where there is one to offer."""
        return self.fields.get(f"action-{item}") or ("link" if offered else "leave")

    def sku(self, item: int) -> str:
        """What was typed as another SKU."""
        return self.fields.get(f"sku-{item}", "")

    def _decision(self, item: int, action: str) -> Decision:
        if action == "link":
            return Decision(link_to=id_from(self.fields.get(f"product-{item}", "")))
        if action != "sku":
            return Decision()
        sku = self.sku(item).strip()
        if not sku:
            self.errors[item] = "Enter a SKU."
        elif len(sku) > LONGEST_SKU:
            self.errors[item] = f"Use at most {LONGEST_SKU} characters."
        elif not is_storable(sku):
            self.errors[item] = "This holds characters that cannot be stored."
        return Decision(sku=sku)
