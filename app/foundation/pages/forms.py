"""Forms: fields that give a service clean values, and say in a sentence what is wrong with what was typed.

Text loses the blanks around it. What PostgreSQL cannot store (NUL, half a surrogate pair) and control
characters are refused, and every text has a longest length. Numbers are exact decimals (design section 3).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import InputRequired, StopValidation, ValidationError

from app.foundation.errors import InvalidInput
from app.foundation.money import parse_decimal
from app.foundation.pages.formatting import plain_number

LINE = 200
PARAGRAPH = 4000
LONGEST_EMAIL = 254
LONGEST_PASSWORD = 200
PUBLIC_PARENT = ".example.com"


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What every form of the program is: safe from forged requests, able to carry a service's refusal."""

    def refuse(self, error: InvalidInput) -> None:
        """Shows a service's refusal at the field it names, or above the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]


class Required(InputRequired):
    """Something other than blanks was entered."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Passes, or ends the field's validation with one sentence."""
        typed = field.raw_data[0] if field.raw_data else ""
        if isinstance(typed, str) and not typed.strip():
            field.errors = []
            raise StopValidation(self.message or "Please fill this in.")


class Bounded:
    """Text of at most `longest` characters that a database can store."""

    def __init__(self, longest: int, *, lines: bool = False) -> None:
        self.longest = longest
        self.lines = lines
        self.field_flags = {"maxlength": longest}

    def __call__(self, _form: Any, field: Field) -> None:
        """Raises ValidationError for text that is too long or holds characters that cannot be kept."""
        text = field.data or ""
        if not is_storable(text, lines=self.lines):
            raise StopValidation(
                "This holds characters that cannot be stored. Type it anew, rather than paste it."
            )
        if len(text) > self.longest:
            raise StopValidation(f"Use at most {self.longest:,} characters (these are {len(text):,}).")


def is_storable(text: str, *, lines: bool = False) -> bool:
    """Whether text holds neither NUL nor other control characters nor half a surrogate pair."""
    allowed = "\n\t" if lines else ""
    return all(
        character in allowed or (ord(character) >= 32 and not 0x7F <= ord(character) < 0xA0)
        for character in text
    ) and not any("\ud800" <= character <= "\udfff" for character in text)


class _Stripped:
    """What was typed, without the blanks around it; "" when nothing was."""

    data: str | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes the value that was sent, if one was."""
        if valuelist:
            self.data = valuelist[0].replace("\r\n", "\n").strip()


class TextField(_Stripped, StringField):
    """One line of text: `required`, and of `longest` characters at most."""

    def __init__(self, label: str, *, required: bool = False, longest: int = LINE, **options: Any) -> None:
        super().__init__(label, _text_rules(required, Bounded(longest), options), **options)


class NotesField(_Stripped, TextAreaField):
    """Text of several lines."""

    def __init__(
        self, label: str, *, required: bool = False, longest: int = PARAGRAPH, **options: Any
    ) -> None:
        super().__init__(label, _text_rules(required, Bounded(longest, lines=True), options), **options)


class SecretField(PasswordField):
    """A password, kept as typed: its blanks count. It is never sent back to the browser."""

    def __init__(self, label: str, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, _text_rules(required, Bounded(LONGEST_PASSWORD), options), **options)


class EmailField(TextField):
    """An e-mail address as it can be written to; the server's existence is not asked for."""

    widget = widgets.EmailInput()

    def __init__(self, label: str, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, required=required, longest=LONGEST_EMAIL, **options)

    def pre_validate(self, _form: Any) -> None:
        """Raises ValidationError unless the address, if any, has the form of one."""
        if self.data:
            self.data = normal_email(self.data)


def normal_email(text: str) -> str:
    """An address in the one spelling we keep; raises ValidationError when it is none.

    Names of the local network (`anna@workshop.local`) are good addresses on an intranet; the validator
    refuses them as such, so it is asked about the same name below a public one.
    """
    local, _, domain = text.rpartition("@")
    try:
        if "." not in domain and domain != "localhost":
            raise EmailNotValidError(domain)
        found = validate_email(f"{local}@{domain}{PUBLIC_PARENT}", check_deliverability=False)
    except EmailNotValidError as error:
        raise ValidationError("Enter an e-mail address, such as anna@example.com.") from error
    return str(found.normalized).removesuffix(PUBLIC_PARENT)


class ExactDecimalField(Field):
    """A number with at most `places` decimals, as a Decimal; None when left empty."""

    widget = widgets.TextInput()

    def __init__(
        self,
        label: str,
        *,
        places: int,
        required: bool = False,
        at_least: Decimal | None = None,
        **options: Any,
    ) -> None:
        options["render_kw"] = {"inputmode": "decimal", "autocomplete": "off"} | (
            options.get("render_kw") or {}
        )
        rules = [*options.pop("validators", ())]
        super().__init__(label, [Required(), *rules] if required else rules, **options)
        self.places = places
        self.at_least = at_least
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else plain_number(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number that was typed; ValueError carries what is wrong with it."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        self.data = parse_decimal(self.typed, places=self.places)
        if self.at_least is not None and self.data < self.at_least:
            raise ValueError(f"Enter a number that is at least {plain_number(self.at_least)}.")


class CheckboxesField(SelectMultipleField):
    """Any number of choices, each with its own box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def _text_rules(required: bool, bounds: Bounded, options: dict[str, Any]) -> list[Any]:
    return [*([Required()] if required else []), bounds, *options.pop("validators", ())]
