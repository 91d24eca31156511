"""What people enter about the business."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from app.foundation.pages.forms import EmailField, Form, TextField
from app.people.forms import NewUserForm
from app.people.models import SyncMail
from app.workspace import regions

LONGEST_NAME = 100
LONGEST_PART = 120

SYNC_MAIL = [
    SelectChoice(SyncMail.ALWAYS.value, "After every sync"),
    SelectChoice(SyncMail.FAILURES.value, "Only when a sync failed"),
    SelectChoice(SyncMail.NEVER.value, "Never"),
]


def _business_name() -> TextField:
    keywords = {"autocomplete": "organization"}
    return TextField("Business name", required=True, longest=LONGEST_NAME, render_kw=keywords)


def _time_zone() -> SelectField:
    return SelectField("Time zone", choices=regions.time_zones)


def _currency() -> SelectField:
    return SelectField("Currency", choices=regions.currencies, default="USD")


class SetupForm(NewUserForm):
    """The workspace and its Owner."""

    name = _business_name()
    time_zone = _time_zone()
    currency = _currency()
    email = EmailField("E-mail address", render_kw={"autocomplete": "username", "autocapitalize": "none"})


class BusinessForm(Form):
    """The business's name, address, time zone and currency (ACC-6)."""

    name = _business_name()
    address_line_1 = TextField("Address", longest=LONGEST_PART, render_kw={"autocomplete": "address-line1"})
    address_line_2 = TextField(
        "Address, second line", longest=LONGEST_PART, render_kw={"autocomplete": "address-line2"}
    )
    city = TextField("City", longest=LONGEST_PART, render_kw={"autocomplete": "address-level2"})
    region = TextField("State or region", longest=LONGEST_PART, render_kw={"autocomplete": "address-level1"})
    postal_code = TextField("Postal code", longest=20, render_kw={"autocomplete": "postal-code"})
    country = SelectField("Country", choices=lambda: [SelectChoice("", "–"), *regions.countries()])
    time_zone = _time_zone()
    currency = _currency()


class AlertsForm(Form):
    """Which sync summaries this person wants by mail."""

    sync_mail: Any = RadioField("Send me a summary by mail", choices=SYNC_MAIL)
