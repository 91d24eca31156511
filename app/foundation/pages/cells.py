"""The small parts that stand in each row of a list: badges, figures, days and moments, as HTML.

A macro of a template would draw the same and take several times as long, and a page has hundreds of them.
`macros/ui.html` hands them to the templates. What comes from outside is escaped here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from markupsafe import Markup, escape

from app.foundation.pages.formatting import (
    ago_and_exact,
    format_date,
    format_duration,
    format_money,
    format_price,
    format_quantity,
    format_unit_cost,
)

Number = Decimal | int

MISSING = Markup('<span class="missing" aria-label="none">–</span>')
COLUMN_PLACES = 4


def badge(word: str, tone: str = "neutral") -> Markup:
    """A state, as a word; `tone` is neutral, good, warn, bad or info."""
    return html(f'<span class="badge {escape(tone)}">{escape(word)}</span>')


def money(value: Number | None, currency: str | None = None) -> Markup:
    """An amount with two decimals."""
    return MISSING if value is None else _figure(format_money(value), currency)


def price(value: Number | None, currency: str | None = None) -> Markup:
    """A unit price with two to six decimals."""
    return MISSING if value is None else _figure(format_price(value), currency)


def unit_cost(value: Number | None, currency: str | None = None) -> Markup:
    """An average with two to four decimals, or six if it is tiny.

    The zeros that make them four in a column are drawn by the style sheet.
    """
    if value is None:
        return MISSING
    shown = format_unit_cost(value)
    return _figure(shown, currency, "0" * (COLUMN_PLACES - len(shown.partition(".")[2])))


def quantity(value: Number | None, unit: str | None = None) -> Markup:
    """A quantity without the zeros at its end."""
    return MISSING if value is None else _figure(format_quantity(value), unit)


def change(value: Number) -> Markup:
    """A quantity that came, with a plus, or went."""
    return _figure(f"{'+' if value > 0 else ''}{format_quantity(value)}", None)


def date(value: dt.date | None) -> Markup:
    """A day."""
    if value is None:
        return MISSING
    return html(f'<time datetime="{value.isoformat()}">{format_date(value)}</time>')


def datetime(value: dt.datetime | None) -> Markup:
    """A moment as people say it now, exact for those who point at it."""
    if value is None:
        return MISSING
    ago, exact = ago_and_exact(value)
    return html(f'<time datetime="{value.isoformat()}" title="{exact}">{ago}</time>')


def duration(seconds: float | Decimal | dt.timedelta | None) -> Markup:
    """A length of time."""
    return MISSING if seconds is None else html(format_duration(seconds))


def _figure(shown: str, unit: str | None, fill: str = "") -> Markup:
    filled = f' data-fill="{fill}"' if fill else ""
    beside = f' <span class="unit">{escape(unit)}</span>' if unit else ""
    return html(f'<span class="figure"{filled}>{shown}</span>{beside}')


def html(text: str) -> Markup:
    """The text as HTML that is not escaped again; whoever made it has escaped all that is not ours."""
    return Markup(text)  # noqa: S704 - see above
