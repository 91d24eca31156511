"""The geometry of charts: where the line runs and what the axes say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from app.foundation.pages.charts import HEADROOM, HEIGHT, day_ticks, nice_ticks, step_chart

START = date(2026, 3, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


class TestTheLine:
    """Each value holds until the next; the last one to the end."""

    def test_it_holds_each_value_from_its_day_on(self) -> None:
        chart = step_chart([(day(0), Decimal(10)), (day(5), Decimal(0))], day(9))
        assert chart.line == f"M0.0 {HEADROOM}.0V{HEADROOM}.0H500.0V{HEIGHT}.0H1000.0"
        assert chart.area == f"{chart.line}V{HEIGHT}.0H0Z"

    def test_a_single_day_is_a_level_line(self) -> None:
        chart = step_chart([(day(0), Decimal("2.5"))], day(0))
        assert [(step.left, step.width) for step in chart.steps] == [(Decimal(0), Decimal(1000))]

    def test_the_steps_fill_the_width_without_gaps(self) -> None:
        points = [(day(3 * number), Decimal(number % 7)) for number in range(100)]
        chart = step_chart(points, day(400))
        assert all(left.left + left.width == right.left for left, right in pairwise(chart.steps))
        assert chart.steps[-1].left + chart.steps[-1].width == 1000

    def test_stock_below_zero_stays_inside(self) -> None:
        chart = step_chart([(day(0), Decimal(-4)), (day(1), Decimal(6))], day(2))
        assert all(HEADROOM <= step.height <= HEIGHT for step in chart.steps)
        zero = next(tick.place for tick in chart.values if tick.label == "0")
        assert chart.area.endswith(f"V{zero}H0Z")

    def test_nothing_at_all_lies_on_the_ground(self) -> None:
        chart = step_chart([(day(0), Decimal(0))], day(30))
        assert chart.steps[0].height == HEIGHT

    def test_a_mark_above_all_values_is_inside_too(self) -> None:
        chart = step_chart([(day(0), Decimal(1))], day(1), mark=Decimal(40))
        assert chart.mark is not None
        assert (chart.mark.place, chart.mark.label) == (Decimal(HEADROOM), "40")

    def test_large_and_small_figures_have_room_on_the_axis(self) -> None:
        small = step_chart([(day(0), Decimal(3))], day(1))
        large = step_chart([(day(0), Decimal(99_999_999_999))], day(1))
        assert large.gutter > small.gutter
        assert step_chart([(day(0), Decimal("0.0001"))], day(1)).values[-1].label == "0.0001"


class TestRoundValues:
    """Few, round, at equal distances, from zero on."""

    @pytest.mark.parametrize(
        ("lowest", "highest", "expected"),
        [
            ("0", "0", "0 0.25 0.5 0.75 1"),
            ("3", "9", "0 2.5 5 7.5 10"),
            ("0", "100", "0 25 50 75 100"),
            ("0", "101", "0 50 100 150"),
            ("-4", "6", "-5 -2.5 0 2.5 5 7.5"),
            ("-8", "-2", "-8 -6 -4 -2 0"),
            ("0", "0.0003", "0 0.0001 0.0002 0.0003"),
        ],
    )
    def test_they_reach_around_what_there_is(self, lowest: str, highest: str, expected: str) -> None:
        ticks = nice_ticks(Decimal(lowest), Decimal(highest))
        assert ticks == [Decimal(text) for text in expected.split()]


class TestDays:
    """Six names at most, days, months or years."""

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (date(2026, 3, 1), date(2026, 3, 1), ["1 Mar"]),
            (date(2026, 3, 1), date(2026, 3, 4), ["1 Mar", "2 Mar", "3 Mar", "4 Mar"]),
            (date(2026, 3, 1), date(2026, 3, 30), ["1 Mar", "6 Mar", "11 Mar", "16 Mar", "21 Mar", "26 Mar"]),
            (date(2025, 11, 21), date(2026, 2, 20), ["Dec 2025", "Jan 2026", "Feb"]),
            (date(2025, 3, 15), date(2026, 3, 15), ["May 2025", "Jul", "Sep", "Nov", "Jan 2026", "Mar"]),
            (date(2022, 5, 1), date(2026, 3, 15), ["2023", "2024", "2025", "2026"]),
            (date(2000, 5, 1), date(2026, 3, 15), ["2005", "2010", "2015", "2020", "2025"]),
        ],
    )
    def test_they_fit_the_time_shown(self, first: date, last: date, expected: list[str]) -> None:
        assert [label for _, label in day_ticks(first, last)] == expected

    def test_whatever_the_time_they_are_few_and_inside(self) -> None:
        for span in (*range(1, 800, 13), 1000, 3000, 10_000, 100_000):
            ticks = day_ticks(START, day(span - 1))
            assert 1 <= len(ticks) <= 7, span
            assert all(START <= each <= day(span - 1) for each, _ in ticks), span
