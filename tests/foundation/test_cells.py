"""What stands in the rows of lists, as HTML."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask, render_template_string
from markupsafe import Markup

from app.foundation.pages import cells
from app.foundation.pages.formatting import set_time_zone

HOSTILE = '"><script>alert(1)</script>'
HARMLESS = "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def test_hostile_text_is_escaped_wherever_it_may_stand() -> None:
    drawn = [cells.badge(HOSTILE, HOSTILE), cells.quantity(1, HOSTILE), cells.money(1, HOSTILE)]
    drawn += [cells.price(1, HOSTILE), cells.unit_cost(1, HOSTILE)]
    for html in drawn:
        assert "<script>" not in html
        assert HARMLESS in html


def test_what_is_escaped_already_is_not_escaped_again() -> None:
    assert cells.badge(Markup("a &amp; b")) == '<span class="badge neutral">a &amp; b</span>'
    assert cells.badge("low stock", "warn") == '<span class="badge warn">low stock</span>'


@pytest.mark.parametrize(
    "draw",
    [cells.money, cells.price, cells.unit_cost, cells.quantity, cells.date, cells.datetime, cells.duration],
)
def test_nothing_is_a_dash(draw: object) -> None:
    assert draw(None) == '<span class="missing" aria-label="none">–</span>'  # type: ignore[operator]


def test_figures_have_a_true_minus_and_their_unit_beside_them() -> None:
    assert cells.money(Decimal("-1234.5")) == '<span class="figure">−1,234.50</span>'
    assert cells.price(Decimal("0.0125")) == '<span class="figure">0.0125</span>'
    beside = '<span class="figure">−2.5</span> <span class="unit">pcs</span>'
    assert cells.quantity(Decimal("-2.5000"), "pcs") == beside
    assert cells.quantity(3, "") == '<span class="figure">3</span>'
    assert cells.duration(80) == "1 min 20 s"


def test_what_came_has_a_plus_and_what_went_a_minus() -> None:
    assert cells.change(Decimal("2.5000")) == '<span class="figure">+2.5</span>'
    assert cells.change(Decimal("-1200")) == '<span class="figure">−1,200</span>'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-12.5"), '<span class="figure" data-fill="00">−12.50</span>'),
        (Decimal("4.485542"), '<span class="figure">4.4855</span>'),
        (Decimal("0.000125"), '<span class="figure">0.000125</span>'),
        (0, '<span class="figure" data-fill="00">0.00</span>'),
    ],
)
def test_unit_costs_say_what_a_column_fills_up(value: Decimal, written: str) -> None:
    assert cells.unit_cost(value) == written


def test_moments_are_exact_for_those_who_point_at_them(context: Flask) -> None:
    set_time_zone("America/New_York")
    moment = datetime(2026, 3, 3, 2, 5, 9, tzinfo=UTC)
    with time_machine.travel(NOON, tick=False):
        shown = cells.datetime(moment)
    exact = 'datetime="2026-03-03T02:05:09+00:00" title="2 Mar 2026, 21:05:09 EST"'
    assert shown == f"<time {exact}>yesterday 21:05</time>"


def test_days_are_never_shifted(context: Flask) -> None:
    set_time_zone("Pacific/Honolulu")
    assert cells.date(date(2026, 3, 4)) == '<time datetime="2026-03-04">4 Mar 2026</time>'


def test_templates_draw_the_same(context: Flask) -> None:
    drawn = render_template_string(
        '{% from "macros/ui.html" import badge, quantity %}{{ badge("<b>") }}{{ quantity(2, "<i>") }}'
    )
    assert drawn == cells.badge("<b>") + cells.quantity(2, "<i>")
