"""Fields: what a service gets, and what a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.foundation.errors import InvalidInput
from app.foundation.pages.forms import EmailField, ExactDecimalField, Form, NotesField, SecretField, TextField


class ThingForm(Form):
    class Meta:
        csrf = False

    name = TextField("Name", required=True, longest=20)
    notes = NotesField("Notes", longest=50)
    email = EmailField("E-mail", required=False)
    price = ExactDecimalField("Price", places=6, at_least=Decimal(0))
    password = SecretField("Password", required=False)


@pytest.fixture(autouse=True)
def request_to_answer(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield


def typed(**values: str) -> ThingForm:
    form = ThingForm(MultiDict({"name": "Oak", **values}))
    form.validate()
    return form


def test_text_loses_the_blanks_around_it() -> None:
    form = typed(name="  Oak board \t", notes=" a \r\n b\r\n")
    assert (form.name.data, form.notes.data) == ("Oak board", "a \n b")
    assert form.errors == {}


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_blanks_are_nothing(name: str) -> None:
    assert typed(name=name).errors == {"name": ["Please fill this in."]}


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "a\x1bb", "a\x85b", "\ud800"])
def test_characters_that_cannot_be_stored_are_refused(name: str) -> None:
    assert "cannot be stored" in typed(name=name).errors["name"][0]


@pytest.mark.parametrize("name", ["Öl", "木材", "🪵", "e\u0301", "a\u00a0b"])
def test_every_script_is_welcome(name: str) -> None:
    assert typed(name=name).errors == {}


def test_text_longer_than_its_bound_is_refused_with_both_numbers() -> None:
    assert typed(name="x" * 10_000).errors == {"name": ["Use at most 20 characters (these are 10,000)."]}
    assert 'maxlength="20"' in typed().name()


def test_a_field_that_was_not_sent_is_empty() -> None:
    form = ThingForm(MultiDict({"other": "1"}))
    assert not form.validate()
    assert form.errors == {"name": ["Please fill this in."]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("12.5", Decimal("12.5")), (" 0.000001 ", Decimal("0.000001")), ("", None), (" ", None)],
)
def test_numbers_are_exact(text: str, value: Decimal | None) -> None:
    form = typed(price=text)
    assert form.errors == {}
    assert form.price.data == value


@pytest.mark.parametrize(
    "text", ["1,000", "1e3", "NaN", "Infinity", "٣", "1.0000001", "-1", "--1", ".", "9" * 40, "0x1", "1\x00"]
)
def test_other_numbers_are_refused_in_a_sentence_and_shown_as_typed(text: str) -> None:
    form = typed(price=text)
    assert len(form.errors["price"]) == 1
    assert form.errors["price"][0].endswith(".")
    assert form.price.data is None or form.price.data < 0
    assert form.price._value() == text


def test_a_stored_number_is_shown_without_its_trailing_zeros() -> None:
    assert 'value="12.5"' in ThingForm(price=Decimal("12.500000")).price()
    assert 'inputmode="decimal"' in ThingForm().price()


@pytest.mark.parametrize("text", ["anna", "anna@", "@x.com", "a b@x.com", "a@x..com", "a@x.com\n", "a" * 300])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert bool(typed(email=text).errors) is (text != "a@x.com\n")


def test_an_address_keeps_one_spelling() -> None:
    assert typed(email="Anna@EXAMPLE.com ").email.data == "Anna@example.com"
    assert typed(email="anna@workshop.local").errors == {}


def test_a_password_keeps_its_blanks_and_is_not_sent_back() -> None:
    form = typed(password=" two words ")
    assert form.password.data == " two words "
    assert "two words" not in form.password()


@pytest.mark.parametrize(("field", "shown"), [("name", {"name": ["Taken."]}), (None, {"": ["Taken."]})])
def test_a_services_refusal_is_shown_where_it_belongs(field: str | None, shown: dict[Any, Any]) -> None:
    form = typed()
    form.refuse(InvalidInput("Taken.", field))
    assert form.errors == shown


def test_a_form_refuses_a_forged_request(app: Flask) -> None:
    class Guarded(Form):
        name = TextField("Name")

    form = Guarded(MultiDict({"name": "x"}))
    assert not form.validate()
    assert "csrf_token" in form.errors
