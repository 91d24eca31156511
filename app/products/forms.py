"""What people enter of a product."""

from __future__ import annotations

from decimal import Decimal

from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined]  # its stubs are behind

from app.foundation.forms import ExactDecimalField, Form, NotesField, TextField
from app.products.models import LONGEST_NAME, LONGEST_SKU, LONGEST_UNIT, ProductType
from app.products.service import ProductFields

TYPE_CHOICES = [SelectChoice(kind.value, kind.label) for kind in ProductType]


class ProductForm(Form):
    """One product, new or to be edited."""

    name = TextField("Name", required=True, longest=LONGEST_NAME)
    sku = TextField(
        "SKU",
        required=True,
        longest=LONGEST_SKU,
        description="The short code you find it by. No two products share one.",
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    product_type = SelectField(
        "Type",
        choices=TYPE_CHOICES,
        default=ProductType.RAW_MATERIAL.value,
        description="A sub-assembly or finished good can be built; a finished good can be sold.",
    )
    unit = TextField("Unit", longest=LONGEST_UNIT, description="What quantities are counted in: pcs, m, kg.")
    reorder_point = ExactDecimalField(
        "Reorder point",
        places=4,
        at_least=Decimal(0),
        description="At or below this quantity the product counts as low.",
    )
    description = NotesField("Description")

    def fields(self) -> ProductFields:
        """The entered values, once the form has validated."""
        return ProductFields(
            sku=self.sku.data or "",
            name=self.name.data or "",
            product_type=ProductType(self.product_type.data),
            unit=self.unit.data or "",
            description=self.description.data or "",
            reorder_point=self.reorder_point.data,
        )
