"""The parts of a list: columns, filters, what a request asks of it, and the page that results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import ColumnElement, Select, SQLColumnExpression

from app.foundation.lists import paging

Choices = Sequence[tuple[str, str]]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Column:
    """One column: `sort` is what its heading sorts by, `value` what the file shows (else attribute `key`)."""

    key: str
    label: str
    numeric: bool = False
    sort: SQLColumnExpression[Any] | None = None
    nullable: bool = False
    value: Callable[[Any], object] | None = None
    in_file: bool = True

    @property
    def sortable(self) -> bool:
        """Whether the list can be sorted by it."""
        return self.sort is not None

    def cell(self, row: Any) -> object:
        """What the file shows for a row."""
        return self.value(row) if self.value else getattr(row, self.key)


@dataclass(frozen=True)
class Filter:
    """A select above the list; the first choice holds until another is chosen.

    `condition` makes a value's condition, or None for a value that leaves everything. `keys` may make a
    statement of the keys of all rows that a value can leave, and of few others: one that costs little where
    they are few, however large the table. It is read no further than a page can use.
    """

    name: str
    label: str
    choices: Choices | Callable[[], Choices]
    condition: Callable[[str], Condition | None]
    keys: Callable[[str], Select[int] | None] | None = None

    def chosen(self, args: Mapping[str, str]) -> Chosen:
        """The filter as a request sets it; a value that is not offered reads as the first choice."""
        choices = self.choices() if callable(self.choices) else self.choices
        value = args.get(self.name, "")
        known = any(value == offered for offered, _ in choices)
        return Chosen(self.name, self.label, choices, value if known else choices[0][0])


@dataclass(frozen=True)
class DateFilter:
    """A date above the list, which leaves everything while it is empty; `on` makes a date's condition."""

    name: str
    label: str
    on: Callable[[date], Condition]
    keys: None = None

    def chosen(self, args: Mapping[str, str]) -> Chosen:
        """The filter as a request sets it; what is no date reads as empty."""
        value = args.get(self.name, "").strip()
        return Chosen(self.name, self.label, (("", ""),), value if _is_date(value) else "", is_date=True)

    def condition(self, value: str) -> Condition | None:
        """The condition of a value that `chosen` let through."""
        return self.on(date.fromisoformat(value)) if value else None


@dataclass(frozen=True)
class Chosen:
    """A filter's choices and the value that holds; a date has no choices but the empty one."""

    name: str
    label: str
    choices: Choices
    value: str
    is_date: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it is set to something else than its first choice."""
        return self.value != self.choices[0][0]


@dataclass(frozen=True)
class Asked:
    """What a request wants of a list: words, a value for each filter, an order."""

    q: str
    filters: tuple[Chosen, ...]
    sort: str

    @property
    def narrowed(self) -> bool:
        """Whether less than everything was asked for."""
        return bool(self.q) or any(chosen.narrows for chosen in self.filters)

    def parameters(self) -> dict[str, str]:
        """The words and filters, as an address or a form's hidden fields carry them."""
        return {"q": self.q} | {chosen.name: chosen.value for chosen in self.filters if chosen.narrows}


@dataclass(frozen=True)
class Page:
    """One page of a list, with everything that the macros draw around it."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Any]
    window: paging.Window
    asked: Asked
    default_sort: str
    search_hint: str | None
    count: int
    count_text: str

    @property
    def q(self) -> str:
        """The words that were searched for."""
        return self.asked.q

    @property
    def filters(self) -> tuple[Chosen, ...]:
        """The filters as they are set."""
        return self.asked.filters

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter holds."""
        return self.asked.narrowed

    @property
    def sort_asked(self) -> str:
        """The order, "" when it is the usual one."""
        return "" if self.asked.sort == self.default_sort else self.asked.sort

    @property
    def path(self) -> str:
        """The list's address without any of its choices."""
        return request.path

    @property
    def clear_url(self) -> str:
        """The same list without search and filters."""
        return _address({"sort": self.sort_asked})

    @property
    def csv_url(self) -> str:
        """Everything that matches, as a file."""
        return self._url(format="csv")

    @cached_property
    def next_url(self) -> str | None:
        """The next page, if there is one."""
        return self._beside("after", self.window.last) if self.window.has_next else None

    @cached_property
    def previous_url(self) -> str | None:
        """The previous page, if there is one."""
        return self._beside("before", self.window.first) if self.window.has_previous else None

    def direction(self, key: str) -> str | None:
        """`ascending` or `descending` if the list is sorted by a column, as `aria-sort` says it."""
        if self.asked.sort.removeprefix("-") != key:
            return None
        return "descending" if self.asked.sort.startswith("-") else "ascending"

    def sort_url(self, key: str) -> str:
        """The list sorted by a column, the other way round if it already is."""
        return self._url(sort=f"-{key}" if self.direction(key) == "ascending" else key)

    def _beside(self, side: str, position: paging.Position | None) -> str | None:
        if position is None:
            return None
        return self._url(**{side: paging.write_token(position, f"{self.name} {self.asked.sort}")})

    def _url(self, **changes: str) -> str:
        return _address({**self.asked.parameters(), "sort": self.sort_asked, **changes})


def _is_date(text: str) -> bool:
    """Whether a text is a day as date fields send it: 2026-03-09."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _address(parameters: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{request.path}?{query}" if query else request.path
