"""What people enter of a product, and of its stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from wtforms import (  # type: ignore[attr-defined]  # its stubs are behind
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import StopValidation, ValidationError

from app.foundation.pages.forms import ExactDecimalField, Form, NotesField, TextField
from app.products.adjusting import LONGEST_NOTES, Adjustment, Direction, Reason
from app.products.models import LONGEST_NAME, LONGEST_SKU, LONGEST_UNIT, ProductType
from app.products.service import Opening, ProductFields

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


class NewProductForm(ProductForm):
    """A product that is new: with what there is of it on the first day, if anything."""

    opening_quantity = ExactDecimalField(
        "Opening quantity",
        places=4,
        at_least=Decimal(0),
        description="How much of it is on the shelf now.",
    )
    opening_cost = ExactDecimalField(
        "Unit cost",
        places=6,
        at_least=Decimal(0),
        description="What one unit of that cost.",
    )

    def leave_stock_out(self) -> None:
        """The form asks for the product only, since its stock comes from elsewhere."""
        del self.opening_quantity
        del self.opening_cost

    def validate_opening_cost(self, field: Any) -> None:
        """Raises ValidationError unless a quantity comes with its cost, and a cost with its quantity."""
        if self.opening_quantity.data and field.data is None and not field.errors:
            raise ValidationError("Say what one unit of the opening quantity cost; 0 if nothing.")
        if field.data and not self.opening_quantity.data and not self.opening_quantity.errors:
            raise ValidationError("A unit cost needs an opening quantity.")

    def opening(self) -> Opening | None:
        """What there is of it, once the form has validated; None when nothing is."""
        if "opening_quantity" not in self or not self.opening_quantity.data:
            return None
        return Opening(self.opening_quantity.data, self.opening_cost.data or Decimal(0))


class AdjustmentForm(Form):
    """Stock added or removed by hand (ADJ-2). Its token lets it count once, however often it is sent."""

    direction = RadioField(
        "Direction", choices=[SelectChoice(each.value, each.value.capitalize()) for each in Direction]
    )
    quantity = ExactDecimalField("Quantity", places=4, required=True)
    unit_cost = ExactDecimalField(
        "Unit cost",
        places=6,
        at_least=Decimal(0),
        description="What one unit of the addition cost. Left empty, it comes in at the present unit cost.",
    )
    reason = SelectField(
        "Reason",
        choices=[
            SelectChoice("", "Choose a reason"),
            *(SelectChoice(each.value, each.label) for each in Reason),
        ],
    )
    notes = NotesField("Notes", longest=LONGEST_NOTES)
    token = HiddenField("This form", default=lambda: uuid4().hex)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; a removal has no unit cost, whatever stands in its hidden field."""
        if self.direction.data == Direction.REMOVE:
            self.unit_cost.data, self.unit_cost.process_errors = None, []
        return bool(super().validate(extra_validators))

    def validate_direction(self, field: Any) -> None:
        """Raises ValidationError until one is chosen."""
        if not field.data:
            field.errors = []
            raise StopValidation("Choose whether to add or to remove.")

    def validate_quantity(self, field: Any) -> None:
        """Raises ValidationError unless it is above zero: the direction says which way it goes."""
        if field.data is not None and field.data <= 0:
            raise ValidationError("Enter a quantity above zero; the direction says which way it goes.")

    def validate_reason(self, field: Any) -> None:
        """Raises ValidationError until one is chosen."""
        if not field.data:
            raise ValidationError("Choose a reason.")

    def validate_token(self, field: Any) -> None:
        """Raises ValidationError for a token that is none of ours."""
        try:
            UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("This form cannot be used. Open the page again.") from error

    def adjustment(self, product_id: int) -> Adjustment:
        """What was entered, once the form has validated."""
        return Adjustment(
            product_id=product_id,
            direction=Direction(self.direction.data),
            quantity=self.quantity.data or Decimal(0),
            reason=Reason(self.reason.data),
            unit_cost=self.unit_cost.data,
            notes=self.notes.data or "",
        )

    def one_time(self) -> UUID:
        """The form's token."""
        return UUID(self.token.data)
