"""The rows of the BOM form: what was typed, kept whatever it is, and read into what a service takes.

A row is a few fields with its number in their names: `lines-0-sku`, `costs-2-label`. Rows in which nothing
was typed count for nothing. A component is named by its SKU, or by its name if only one product has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from app.boms.errors import Problem
from app.boms.fields import (
    MOST_COSTS,
    MOST_LINES,
    QUANTITY_RULE,
    TOO_MANY_COSTS,
    TOO_MANY_LINES,
    BomFields,
    CostFields,
    LineFields,
    line_problems,
)
from app.boms.lookup import Found, Lookup
from app.boms.models import CostKind
from app.foundation.errors import InvalidInput
from app.foundation.money import parse_decimal
from app.foundation.pages.formatting import plain_number

NAME = re.compile(r"(lines|costs)-(\d{1,6})-([a-z]+)", re.ASCII)
MOVE = re.compile(r"(add|remove|up|down)-(lines|costs)(?:-(\d{1,6}))?", re.ASCII)
COST_CELLS = ("kind", "label", "cost", "rate", "quantity")
FIRST_ROWS = 3

Errors = dict[str, str]


@dataclass
class LineEntry:
    """A row of components as it was typed; `found` is what its SKU stands for, `unknown` says why nothing."""

    sku: str = ""
    quantity: str = ""
    optional: bool = False
    found: Found | None = field(default=None, kw_only=True)
    unknown: str = field(default="", kw_only=True)
    errors: Errors = field(default_factory=dict, kw_only=True)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return not (self.sku or self.quantity)

    @property
    def amount(self) -> Decimal | None:
        """The quantity if it can be one."""
        try:
            value = parse_decimal(self.quantity, places=4)
        except ValueError:
            return None
        return value if value > 0 else None


@dataclass
class CostEntry:
    """A row of cost lines as it was typed."""

    kind: str = CostKind.LABOR.value
    label: str = ""
    cost: str = ""
    rate: str = ""
    quantity: str = ""
    errors: Errors = field(default_factory=dict, kw_only=True)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered; the kind is always something."""
        return not (self.label or self.cost or self.rate or self.quantity)


@dataclass
class Entry:
    """All rows of the form; `errors` are those of a part as a whole."""

    lines: list[LineEntry]
    costs: list[CostEntry]
    errors: Errors = field(default_factory=dict)
    focus: str = ""
    """The id of the field where typing goes on, after a row was added or looked up."""

    @classmethod
    def blank(cls) -> Self:
        """The form before anything was entered."""
        return cls([LineEntry() for _ in range(FIRST_ROWS)], [])

    @classmethod
    def of(cls, fields: BomFields, skus: Mapping[int, str]) -> Self:
        """The form with what a version says."""
        lines = [
            LineEntry(skus[line.component_id], plain_number(line.quantity), line.optional)
            for line in fields.lines
        ]
        return cls(lines, [_cost_entry(cost) for cost in fields.costs])

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> Self:
        """The rows that a form carries, by their numbers; raises InvalidInput for far too many."""
        rows: dict[str, dict[int, dict[str, str]]] = {"lines": {}, "costs": {}}
        for name, value in form.items():
            found = NAME.fullmatch(name)
            if found:
                part, number, cell = found.groups()
                rows[part].setdefault(int(number), {})[cell] = value.strip()
        for part, most, sentence in (
            ("lines", MOST_LINES, TOO_MANY_LINES),
            ("costs", MOST_COSTS, TOO_MANY_COSTS),
        ):
            if len(rows[part]) > 2 * most:
                raise InvalidInput(f"{sentence} (these are {len(rows[part]):,}). Nothing was changed.")
        lines = [
            LineEntry(row.get("sku", ""), row.get("quantity", ""), "optional" in row)
            for _, row in sorted(rows["lines"].items())
        ]
        costs = [
            CostEntry(*(row.get(cell, "") for cell in COST_CELLS)) for _, row in sorted(rows["costs"].items())
        ]
        return cls(lines, costs)

    def change(self, action: str) -> None:
        """Adds, removes or moves a row as a button asks; anything else changes nothing."""
        asked = MOVE.fullmatch(action)
        if asked is None:
            return
        verb, part, number = asked.groups()
        rows: list[Any] = self.lines if part == "lines" else self.costs
        if verb == "add":
            rows.append(LineEntry() if part == "lines" else CostEntry())
            self.focus = f"{part}-{len(rows) - 1}-{'sku' if part == 'lines' else 'kind'}"
        elif number is not None and int(number) < len(rows):
            _moved(rows, verb, int(number))
            self.lines = self.lines or [LineEntry()]

    def look_up(self, lookup: Lookup) -> None:
        """Each row knows what its SKU stands for; the next field to be filled in has the focus."""
        answers = lookup([line.sku for line in self.lines])
        for line in self.lines:
            answer = answers.get(line.sku)
            line.found = answer if isinstance(answer, Found) else None
            line.unknown = answer if isinstance(answer, str) else ""

    def go_on(self) -> None:
        """Leaves an empty row at the end and the focus on what comes next: for people who scan and type."""
        if not self.lines or not self.lines[-1].is_blank:
            self.lines.append(LineEntry())
        for number, line in enumerate(self.lines):
            if not line.sku or line.found is None or not line.quantity:
                missing = "quantity" if line.found else "sku"
                self.focus = f"lines-{number}-{missing}"
                return

    def read(self, product_id: int) -> BomFields | None:
        """What was entered, or None with an error at each cell that is wrong. Rows are looked up before."""
        lines = [line for line in self.lines if not line.is_blank]
        costs = [cost for cost in self.costs if not cost.is_blank]
        self.lines, self.costs = lines or [LineEntry()], costs
        if not lines:
            self.errors["lines"] = "Add at least one component."
        elif len(lines) > MOST_LINES:
            self.errors["lines"] = f"{TOO_MANY_LINES} (these are {len(lines):,})."
        if len(costs) > MOST_COSTS:
            self.errors["costs"] = f"{TOO_MANY_COSTS} (these are {len(costs):,})."
        read_lines = [_line_of(line) for line in lines]
        read_costs = [_cost_of(cost) for cost in costs]
        chosen = [line.found.component if line.found else None for line in lines]
        self.show(line_problems(product_id, chosen))
        if self.has_errors:
            return None
        return BomFields(
            tuple(line for line in read_lines if line), tuple(cost for cost in read_costs if cost)
        )

    def show(self, problems: Iterable[Problem]) -> list[Problem]:
        """Each problem stands at its cell; returns those that are of no row."""
        others: list[Problem] = []
        for problem in problems:
            rows: list[Any] = self.lines if problem.part == "lines" else self.costs
            if problem.part not in {"lines", "costs"}:
                others.append(problem)
            elif problem.index is None:
                self.errors[problem.part] = problem.message
            else:
                rows[problem.index].errors.setdefault(problem.cell, problem.message)
        return others

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong with any row."""
        rows = (*(line.errors for line in self.lines), *(cost.errors for cost in self.costs))
        return any((self.errors, *rows))

    def told(self) -> Iterator[tuple[str, str, str]]:
        """Every error: the id of its field, what that field is called, and the sentence."""
        for part, message in self.errors.items():
            rows = self.lines if part == "lines" else self.costs
            first = f"{part}-0-{'sku' if part == 'lines' else 'label'}" if rows else f"add-{part}"
            yield first, "Components" if part == "lines" else "Cost lines", message
        for number, line in enumerate(self.lines):
            for cell, message in line.errors.items():
                yield f"lines-{number}-{cell}", f"Component {number + 1}", message
        for number, cost in enumerate(self.costs):
            for cell, message in cost.errors.items():
                yield f"costs-{number}-{cell}", f"Cost line {number + 1}", message


def _moved(rows: list[Any], verb: str, number: int) -> None:
    row = rows.pop(number)
    if verb != "remove":
        rows.insert(max(number - 1, 0) if verb == "up" else number + 1, row)


def _cost_entry(cost: CostFields) -> CostEntry:
    figures = (cost.cost_per_unit, cost.rate, cost.quantity_per_unit)
    typed = ("" if value is None else plain_number(value) for value in figures)
    return CostEntry(cost.kind.value, cost.label, *typed)


def _line_of(line: LineEntry) -> LineFields | None:
    if not line.sku or line.unknown:
        line.errors["sku"] = line.unknown or "Enter the SKU of the component."
    quantity = _number(line, "quantity", 4) if line.quantity else None
    if not line.quantity:
        line.errors["quantity"] = "Enter how much of it one unit takes."
    elif quantity is not None and quantity <= 0:
        line.errors["quantity"] = QUANTITY_RULE
    if line.found is None or quantity is None or line.errors:
        return None
    return LineFields(line.found.component.id, quantity, line.optional)


def _cost_of(cost: CostEntry) -> CostFields | None:
    if cost.kind not in set(CostKind):
        cost.errors["kind"] = "Choose labor, overhead or other."
    figures = [
        _number(cost, cell, places) if getattr(cost, cell) else None
        for cell, places in (("cost", 6), ("rate", 6), ("quantity", 4))
    ]
    return None if cost.errors else CostFields(CostKind(cost.kind), cost.label, *figures)


def _number(row: LineEntry | CostEntry, cell: str, places: int) -> Decimal | None:
    return _tried(row.errors, cell, lambda: parse_decimal(getattr(row, cell), places=places))


def _tried(errors: Errors, cell: str, parse: Callable[[], Decimal]) -> Decimal | None:
    try:
        return parse()
    except ValueError as error:
        errors[cell] = str(error)
        return None
