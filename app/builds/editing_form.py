"""The form of a planned build that is edited: what planning asks for, and its lines (BLD-23, BLD-27)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, SelectChoice  # type: ignore[attr-defined]  # its stubs are behind
from wtforms.validators import ValidationError

from app.builds.display.components import Component, component_with
from app.builds.forms import NOBODY, PlanningForm, people
from app.builds.models import Build
from app.builds.values import AddedLine, EditFields
from app.extensions import db
from app.foundation.ids import NO_ID, id_from
from app.foundation.pages.forms import ExactDecimalField, TextField
from app.people.models import User
from app.products.models import LONGEST_SKU

CODE = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class EditingForm(PlanningForm):
    """A planned build with its lines (BLD-23, BLD-27); `editing_form` gives it a field for each of them."""

    seen = HiddenField("This form")
    component = TextField("SKU", longest=LONGEST_SKU, render_kw=CODE)
    added_quantity = ExactDecimalField("Quantity for the whole build", places=4, at_least=Decimal(0))

    def validate_component(self, field: Any) -> None:
        """Raises ValidationError for a SKU that no product has, or one that came without its quantity."""
        if not field.data and self.added_quantity.data:
            raise ValidationError("Say which component this is the quantity of.")
        if field.data and not component_with(field.data):
            raise ValidationError(f"There is no active product with the SKU {field.data}.")

    def validate_added_quantity(self, field: Any) -> None:
        """Raises ValidationError for a component that came without its quantity."""
        if self.component.data and not field.data and not field.errors:
            raise ValidationError("Enter how much of it the whole build uses.")

    def known(self) -> int:
        """The last change of the build that the form was made of."""
        return id_from(self.seen.data or "") or NO_ID

    def show_new(self, lines: Sequence[Component]) -> None:
        """Lines that the form was sent without show what they are."""
        for each in lines:
            field = self[line_field(each.line.id)]
            if not field.raw_data:
                field.typed, field.data = None, each.line.quantity

    def offer(self, assignee: User | None) -> None:
        """The present assignee can be left as they are, though nobody else who has left can be chosen."""
        if assignee is not None and not assignee.is_active:
            kept = SelectChoice(str(assignee.id), f"{assignee.full_name} (inactive)")
            self.assignee_id.choices = [*people(), kept]

    def entered(self, lines: Sequence[Component]) -> EditFields:
        """The build as entered, once the form has validated."""
        added = component_with(self.component.data) if self.component.data else None
        return EditFields(
            quantity=self.quantity.data or Decimal(0),
            target_date=self.target_date.data,
            assignee_id=self.assignee(),
            notes=self.notes.data or "",
            lines={each.line.id: self[line_field(each.line.id)].data for each in lines},
            added=(AddedLine(added.id, self.added_quantity.data),) if added else (),
            seen=self.known(),
        )


def line_field(line_id: int) -> str:
    """The name of the field with a line's quantity."""
    return f"line-{line_id}"


def editing_form(build: Build, lines: Sequence[Component], seen: int) -> EditingForm:
    """The form of a planned build, filled with what it is since its change `seen`."""
    fields = {
        line_field(each.line.id): ExactDecimalField(
            f"Quantity of {each.product.name}", places=4, required=True, at_least=Decimal(0)
        )
        for each in lines
    }
    form: EditingForm = type("ThisBuildForm", (EditingForm,), fields)(
        quantity=build.quantity,
        target_date=build.target_date,
        assignee_id=str(build.assignee_id) if build.assignee_id else NOBODY,
        notes=build.notes,
        seen=str(seen),
        **{line_field(each.line.id): each.line.quantity for each in lines},
    )
    form.offer(db.session.get(User, build.assignee_id) if build.assignee_id else None)
    return form
