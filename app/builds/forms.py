"""What people enter of a build: how many, for when, by whom, and what a rejection gives back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from wtforms import (  # type: ignore[attr-defined]  # its stubs are behind
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    widgets,
)
from wtforms.validators import ValidationError

from app.builds.display.components import Component
from app.builds.service import assignees
from app.builds.statuses import Recovery, RejectionReason
from app.builds.values import PlanFields, QuickFields
from app.foundation.ids import NO_ID, id_from
from app.foundation.pages.forms import ExactDecimalField, Form, NotesField

LONGEST_NOTES = 2000
NOBODY = ""
UNUSABLE = "This form cannot be used. Open the page again."
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class DayField(Field):
    """A day; None when left empty. What was typed is shown again, whatever it was."""

    widget = widgets.DateInput()

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day that was entered; ValueError carries what is wrong with it."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        try:
            day = date.fromisoformat(self.typed)
        except ValueError as error:
            raise ValueError("Enter a date, such as 2026-03-09.") from error
        if not EARLIEST <= day <= LATEST:
            raise ValueError(f"Enter a date from {EARLIEST.year} to {LATEST.year}.")
        self.data = day


def people() -> Sequence[SelectChoice]:
    """Whom a build can be assigned to, or nobody yet (BLD-36)."""
    everybody = [SelectChoice(str(user.id), user.full_name) for user in assignees()]
    return [SelectChoice(NOBODY, "Nobody yet"), *everybody]


def _quantity() -> ExactDecimalField:
    """How many are built; `app.builds.service` says which numbers that may be."""
    return ExactDecimalField("Quantity", places=4, required=True, at_least=Decimal(0))


class TokenForm(Form):
    """A form that counts once, however often it is sent."""

    token = HiddenField("This form", default=lambda: uuid4().hex)

    def validate_token(self, field: Any) -> None:
        """Raises ValidationError for a token that is none of ours."""
        try:
            UUID(field.data or "")
        except ValueError as error:
            raise ValidationError(UNUSABLE) from error

    def one_time(self) -> UUID:
        """The form's token."""
        return UUID(self.token.data)


class PlanningForm(Form):
    """What a planned build has beside its components (BLD-20)."""

    quantity = _quantity()
    target_date = DayField("Target date")
    assignee_id = SelectField("Assignee", choices=people, default=NOBODY)
    notes = NotesField("Notes", longest=LONGEST_NOTES)

    def assignee(self) -> int | None:
        """The person who was chosen, if anybody was."""
        return int(self.assignee_id.data) if self.assignee_id.data else None


class NewBuildForm(PlanningForm, TokenForm):
    """A build of the BOM version that was previewed, to be executed at once or planned (BLD-10, BLD-20)."""

    bom_id = HiddenField("This form")

    def validate_bom_id(self, field: Any) -> None:
        """Raises ValidationError for what names no version."""
        if id_from(field.data or "") is None:
            raise ValidationError(UNUSABLE)

    def previewed(self) -> int | None:
        """The BOM version whose preview was shown with the form."""
        return id_from(self.bom_id.data or "")

    def quick(self) -> QuickFields:
        """What was entered, for a build at once."""
        return QuickFields(self.previewed() or NO_ID, self.quantity.data or Decimal(0), self.notes.data or "")

    def plan(self) -> PlanFields:
        """What was entered, for the queue."""
        return PlanFields(
            bom_id=self.previewed() or NO_ID,
            quantity=self.quantity.data or Decimal(0),
            target_date=self.target_date.data,
            assignee_id=self.assignee(),
            notes=self.notes.data or "",
        )


class ApprovalForm(Form):
    """What an approval may say (QA-3)."""

    notes = NotesField("Notes", longest=LONGEST_NOTES)


class UndoForm(Form):
    """What the undoing of a build may say (OQ-20)."""

    note = NotesField("Note", longest=LONGEST_NOTES)


class RejectionForm(Form):
    """Why a build is rejected and what comes back of it (QA-4…7); the quantities come beside it."""

    reason = SelectField(
        "Reason",
        choices=[
            SelectChoice("", "Choose a reason"),
            *(SelectChoice(each.value, each.label) for each in RejectionReason),
        ],
    )
    mode = RadioField(
        "What goes back to stock?", choices=[SelectChoice(each.value, each.label) for each in Recovery]
    )
    notes = NotesField("Notes", longest=LONGEST_NOTES)

    def recovered(self, components: Sequence[Component]) -> dict[int, Decimal]:
        """What comes back of each component; only partial recovery asks for it."""
        if self.mode.data != Recovery.PARTIAL:
            return {}
        return {
            each.product.id: self[recovered_field(each.product.id)].data or Decimal(0) for each in components
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; quantities count for partial recovery only, whatever stands in them."""
        if self.mode.data != Recovery.PARTIAL:
            for name in [name for name in self._fields if name.startswith("recovered-")]:
                self[name].data, self[name].process_errors = None, []
        return bool(super().validate(extra_validators))

    def validate_reason(self, field: Any) -> None:
        """Raises ValidationError until one is chosen."""
        if not field.data:
            raise ValidationError("Choose a reason.")

    def validate_mode(self, field: Any) -> None:
        """Raises ValidationError until one is chosen."""
        if not field.data:
            field.errors = []
            raise ValidationError("Choose what goes back to stock.")


def recovered_field(component_id: int) -> str:
    """The name of the field with what comes back of a component."""
    return f"recovered-{component_id}"


def rejection_form(components: Sequence[Component]) -> RejectionForm:
    """The form of a rejection, with a field for what comes back of each component that was consumed."""
    fields = {
        recovered_field(each.product.id): ExactDecimalField(
            f"Recovered of {each.product.name}", places=4, at_least=Decimal(0)
        )
        for each in components
    }
    form: RejectionForm = type("ThisRejectionForm", (RejectionForm,), fields)()
    return form
