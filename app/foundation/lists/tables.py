"""Listings: pages of many rows that can be searched, filtered, sorted, paged and downloaded, all by GET.

A room declares its list once, and a view answers with it:

    ITEMS = Listing(
        name="items",
        noun="item",
        key=AccountingItem.id,
        columns=(
            Column("name", "Name", sort=func.lower(AccountingItem.name)),
            Column("unit_price", "Price", numeric=True, sort=AccountingItem.unit_price, nullable=True),
        ),
        default_sort="name",
        search=lambda text: matches(AccountingItem.search, text),
        filters=(Filter("active", "State", (("", "All"), ("no", "Inactive")), by_state),),
    )

    @blueprint.get("/items")
    @requires("view_inventory")
    def index():
        return ITEMS.answer(select(AccountingItem), "items/index.html")

In the template `page` is the `Page`, drawn by the macros of `macros/tables.html`. A statement that selects
one entity gives rows that are that entity, else rows that have what was selected as attributes. Whatever a
list sorts by wants an index on (value, id): write numbers in such expressions as `literal_column`, so that
the planner sees them. A page takes at most three statements, whatever the table's size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    Text,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.types import NullType

from app.extensions import db
from app.foundation.lists import paging
from app.foundation.lists.csv import csv_response
from app.foundation.lists.listing import Asked, Column, Condition, DateFilter, Filter, Page
from app.foundation.pages.formatting import count_of

__all__ = ["Column", "DateFilter", "Filter", "Listing", "Page"]

PAGE_SIZE = 50
COUNT_CAP = 1000
MOST_FOUND = 20_000
"""As many rows as a search may find and still have them all sorted, rather than look for them in order."""
MOST_KEYS = 5000
"""As many rows of a sparse list as are looked up by their keys, once they are found."""
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Listing:
    """What a list can do; see the module's text."""

    name: str
    noun: str
    key: SQLColumnExpression[int]
    columns: tuple[Column, ...]
    default_sort: str
    search: Callable[[str], Condition | None] | None = None
    search_hint: str = "Search"
    filters: tuple[Filter | DateFilter, ...] = ()
    page_size: int = PAGE_SIZE
    plural: str | None = None
    sparse: bool = False
    """Whether its rows are few beside those that its order reads, say the few products that have a BOM."""
    row_per_key: bool = False
    """Whether its statement has one row for each key at most, whatever it is narrowed to."""
    most_found: int = MOST_FOUND
    """`MOST_FOUND` of this list, fewer where each row costs more to look at."""

    def answer(self, statement: Select[Any], template: str, **context: Any) -> Response:
        """The page that the request asks for, or the file when it asks for that."""
        if request.args.get("format") == "csv":
            return self.csv(statement)
        return make_response(render_template(template, page=self.page(statement), **context))

    def page(
        self, statement: Select[Any], args: Mapping[str, str] | None = None, size: int | None = None
    ) -> Page:
        """The rows that the request's search, filters, order and position ask for.

        With `args` and `size` those that an address with these arguments would show first, for another page.
        """
        args = request.args if args is None else args
        asked = self.asked(args)
        among = self._to_few(statement, asked)
        narrowed = self.narrow(among, asked)
        # Rows whose keys are known already need not be looked at again, and conditions may cost.
        known = statement if self.row_per_key else narrowed
        purpose = f"{self.name} {asked.sort}"
        most = self.most_found if asked.q or self.sparse else COUNT_CAP
        found, keys = self._found(narrowed, most) if asked.narrowed or self.sparse else (None, None)
        many = found is not None and found > most
        ordered = self.narrow(among, asked, row_by_row=True) if many else narrowed
        window = paging.fetch(
            db.session(),
            ordered if keys is None else known.where(_among(self.key, keys)),
            self._order(asked.sort),
            size or self.page_size,
            after=paging.read_token(args.get("after"), purpose),
            before=paging.read_token(args.get("before"), purpose),
            few=found is not None and not many,
            count=_count(narrowed, COUNT_CAP) if found is None else None,
        )
        whole = not (window.has_next or window.has_previous)
        count = len(window.rows) if whole else window.count or found or 0
        return Page(
            name=self.name,
            columns=self.columns,
            rows=_shown(window.rows),
            window=window,
            asked=asked,
            default_sort=self.default_sort,
            search_hint=self.search_hint if self.search else None,
            count=count,
            count_text=self.count_text(count),
        )

    def csv(self, statement: Select[Any]) -> Response:
        """Everything that the request's search and filters leave, in its order, as a file."""
        asked = self.asked(request.args)
        ordered = self.narrow(statement, asked).order_by(None).order_by(*self._order(asked.sort).clauses())
        columns = [column for column in self.columns if column.in_file]

        def cells() -> Iterator[list[object]]:
            # Asked for once the file is being written: the request's own session has ended by then.
            result = db.session().execute(ordered.execution_options(yield_per=1000))
            for row in result.scalars() if _is_single(statement) else result:
                yield [column.cell(row) for column in columns]

        return csv_response(self.name, [column.label for column in columns], cells())

    def asked(self, args: Mapping[str, str]) -> Asked:
        """What `args` ask for; whatever is not offered reads as the default."""
        return Asked(
            q=args.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
            filters=tuple(each.chosen(args) for each in self.filters),
            sort=self._known_sort(args.get("sort", "")),
        )

    def narrow(self, statement: Select[Any], asked: Asked, *, row_by_row: bool = False) -> Select[Any]:
        """The statement with the conditions of a search and filters; also for "all that match".

        With `row_by_row` no index helps the search: where many match, it is better to ask each row in the
        list's order until a page is full, and the planner cannot tell how many do.
        """
        conditions = [
            each.condition(now.value) for each, now in zip(self.filters, asked.filters, strict=True)
        ]
        if asked.q and self.search:
            found = self.search(asked.q)
            found = false() if found is None else found
            conditions.append(_asked_of_each(found) if row_by_row else found)
        return statement.where(*(condition for condition in conditions if condition is not None))

    def count_text(self, count: int) -> str:
        """How many rows there are, in words: 1 item, 1,000 items, more than 1,000 items."""
        if count > COUNT_CAP:
            return f"More than {count_of(COUNT_CAP, self.noun, self.plural)}"
        return count_of(count, self.noun, self.plural)

    def _to_few(self, statement: Select[Any], asked: Asked) -> Select[Any]:
        """The same rows of the statement, by their keys where a filter knows that they are few."""
        for each, now in zip(self.filters, asked.filters, strict=True):
            wanted = each.keys(now.value) if each.keys else None
            if wanted is not None:
                _, keys = _keys_of(wanted, COUNT_CAP, COUNT_CAP)
                statement = statement if keys is None else statement.where(_among(self.key, keys))
        return statement

    def _found(self, statement: Select[Any], cap: int) -> tuple[int, str | None]:
        """How many rows a statement has, as far as the cap, and their keys if they are few.

        A page of few rows looks them up by these keys: its conditions may read a whole table to find them.
        """
        keyed: Select[Any] = statement.with_only_columns(self.key, maintain_column_froms=True)
        return _keys_of(keyed.order_by(None), cap, MOST_KEYS if self.sparse else COUNT_CAP)

    def _known_sort(self, text: str) -> str:
        offered = {column.key for column in self.columns if column.sortable}
        return text if text.removeprefix("-") in offered else self.default_sort

    def _order(self, sort: str) -> paging.Order:
        column = next(each for each in self.columns if each.key == sort.removeprefix("-"))
        if column.sort is None:
            raise LookupError(f"{self.name} cannot be sorted by {column.key}")
        return paging.Order(column.sort, self.key, sort.startswith("-"), column.nullable)


def _keys_of(wanted: Select[Any], cap: int, most: int) -> tuple[int, str | None]:
    """How many keys a statement has, counting one above the cap, and at most `most` of them, else None.

    As the text of an array, which only goes back to the database: to make numbers of thousands takes time.
    """
    # A limit that the planner sees, or it would not know how few are wanted.
    keyed = wanted.limit(literal_column(str(cap + 1))).subquery()
    count = func.count()
    keys = case((count <= most, cast(func.array_agg(keyed.c[0]), Text)))
    found, few = db.session().execute(select(count, keys).select_from(keyed)).one()
    return found, few if found else "{}"


def _among(key: SQLColumnExpression[int], keys: str) -> ColumnElement[bool]:
    # Without a type of its own the text is an array from the start. As a text it would be read anew for each
    # row of a scan, and the planner would not see what is in it.
    wanted = bindparam(None, keys, type_=NullType(), unique=True)
    return key == any_(cast(wanted, ARRAY(BigInteger)))


def _asked_of_each(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, of which the planner thinks that half of the rows meet it, and no index does."""
    return case((condition, true()), else_=false())


def _count(statement: Select[Any], cap: int) -> ColumnElement[int]:
    """How many rows a statement has, counting no further than one above the cap, for another to read."""
    rows = statement.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    return select(func.count()).select_from(rows.limit(cap + 1).subquery()).scalar_subquery()


def _is_single(statement: Select[Any]) -> bool:
    """Whether a statement selects one thing, an entity as a rule."""
    return len(statement.column_descriptions) == 1


def _shown(rows: Sequence[Row[Any]]) -> Sequence[Any]:
    """The rows of a window, or what each holds if it is one thing; what paging reads comes after that."""
    single = bool(rows) and len(rows[0]) == 1 + len(paging.ADDED)
    return [row[0] for row in rows] if single else rows
