"""Charts as plain geometry, drawn on the server: where a step line runs, and what its axes say.

Nothing here knows Flask, a database, colours or what the figures mean. Heights are in pixels, downwards;
widths in thousandths of the plot, so that a chart is as wide as its place while its letters keep their size.
`templates/macros/charts.html` draws what is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.foundation.pages.formatting import format_quantity

HEIGHT = 200
WIDTH = 1000
HEADROOM = 8
MOST_DAY_TICKS = 6
TENTH = Decimal("0.1")
NICE_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
CHARACTER_WIDTH = 7
"""About as wide as a figure of an axis, in pixels."""


@dataclass(frozen=True)
class Tick:
    """A place on an axis, in the axis' own measure, and what is written there."""

    place: Decimal
    label: str


@dataclass(frozen=True)
class Step:
    """One level of the line: from where to where it holds (thousandths), since which day, and its height."""

    left: Decimal
    width: Decimal
    height: Decimal
    day: date
    value: Decimal


@dataclass(frozen=True)
class StepChart:
    """A line that holds each value until the next; `line` and `area` are SVG path data."""

    line: str
    area: str
    steps: tuple[Step, ...]
    values: tuple[Tick, ...]
    days: tuple[Tick, ...]
    mark: Tick | None
    gutter: int
    width: int = WIDTH
    height: int = HEIGHT


def step_chart(
    points: Sequence[tuple[date, Decimal]], until: date, *, mark: Decimal | None = None
) -> StepChart:
    """The chart of values that each hold from their day on, the last through `until`.

    `points` are in the order of their days and at least one. `mark` is a value to compare with; the chart is
    high enough to show it.
    """
    first = points[0][0]
    span = max((until - first).days + 1, 1)
    shown = [value for _, value in points] + ([] if mark is None else [mark])
    ticks = nice_ticks(min(shown), max(shown))
    low, high = ticks[0], ticks[-1]

    def across(day: date) -> Decimal:
        return _tenths(Decimal((day - first).days * WIDTH) / span)

    def down(value: Decimal) -> Decimal:
        return _tenths(HEADROOM + (high - value) * (HEIGHT - HEADROOM) / (high - low))

    steps = tuple(_steps(points, across, down))
    labels = tuple(Tick(down(value), format_quantity(value)) for value in ticks)
    line = _line(steps)
    return StepChart(
        line=line,
        area=f"{line}V{down(max(low, Decimal(0)))}H0Z",
        steps=steps,
        values=labels,
        days=tuple(Tick(across(day), label) for day, label in day_ticks(first, until)),
        mark=None if mark is None else Tick(down(mark), format_quantity(mark)),
        gutter=max(len(tick.label) for tick in labels) * CHARACTER_WIDTH + 10,
    )


def nice_ticks(lowest: Decimal, highest: Decimal, most: int = 4) -> list[Decimal]:
    """Round values at equal distances from below both zero and `lowest` to above both zero and `highest`."""
    low, high = min(lowest, Decimal(0)), max(highest, Decimal(0))
    if low == high:
        high = low + 1
    rough = (high - low) / most
    magnitude = Decimal(1).scaleb(rough.adjusted())
    step = next(nice * magnitude for nice in NICE_STEPS if nice * magnitude >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def day_ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Days worth naming between two, six at most: single days, weeks, months or years, whichever fits."""
    days = (last - first).days + 1
    if days <= MOST_DAY_TICKS * 7:
        step = -(-days // MOST_DAY_TICKS)
        return [(day, f"{day.day} {day:%b}") for day in (first + timedelta(n) for n in range(0, days, step))]
    months = (last.year - first.year) * 12 + last.month - first.month
    for step in (1, 2, 3, 6, 12):
        if months <= MOST_DAY_TICKS * step:
            return _month_ticks(first, last, step)
    return _month_ticks(first, last, 12 * -(-months // (12 * MOST_DAY_TICKS)))


def _month_ticks(first: date, last: date, step: int) -> list[tuple[date, str]]:
    """The first days of every `step`th month, counted from January; the year is said once."""
    start = first.year * 12 + first.month - 1
    numbers = range(start + (first.day > 1), last.year * 12 + last.month)
    days = [date(*_year_and_month(number), 1) for number in numbers if number % step == 0]
    if step >= 12:
        return [(day, f"{day:%Y}") for day in days]
    named = [day == days[0] or day.month == 1 for day in days]
    return [
        (day, f"{day:%b %Y}" if with_year else f"{day:%b}")
        for day, with_year in zip(days, named, strict=True)
    ]


def _year_and_month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1


def _steps(
    points: Sequence[tuple[date, Decimal]],
    across: Callable[[date], Decimal],
    down: Callable[[Decimal], Decimal],
) -> Iterator[Step]:
    lefts = [across(day) for day, _ in points] + [Decimal(WIDTH)]
    for number, (day, value) in enumerate(points):
        yield Step(lefts[number], lefts[number + 1] - lefts[number], down(value), day, value)


def _line(steps: Sequence[Step]) -> str:
    """Across at each height, then straight up or down to the next."""
    start = f"M{steps[0].left} {steps[0].height}"
    return start + "".join(f"V{step.height}H{step.left + step.width}" for step in steps)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
