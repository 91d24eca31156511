"""List pages at 100,000 items and 1,000,000 transactions: full HTML, logged in (design section 15)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from tests.bench.catalogue import fill, unlink_all
from tests.bench.report import Row
from tests.bench.stage import built, connect, environment, migrated
from tests.bench.stock_ledger import counted
from tests.support.pages import Visitor
from tests.support.people import PASSWORD, create_user

SMALL = 1000
TIMES = 10
PAGES = {
    "items": "/items",
    "items not imported": "/items?state=not_imported",
    "items imported": "/items?state=imported",
    "items hidden": "/items?state=hidden",
    "items inactive": "/items?state=inactive",
    "services": "/items?type=service",
    "items by SKU": "/items?sort=-sku",
    "search of one item": "/items?q=p-777",
    "search of a twentieth of the items": "/items?q=walnut",
    "search of all items": "/items?q=part",
    "search among items not imported": "/items?q=walnut&state=not_imported",
    "products": "/products",
    "products by SKU": "/products?sort=sku",
    "products of a type": "/products?type=finished_good",
    "products low on stock": "/products?stock=low",
    "products out of stock": "/products?stock=out",
    "products in stock": "/products?stock=in",
    "inactive products": "/products?state=inactive",
    "search of one product": "/products?q=p-777",
    "search of all products": "/products?q=part",
    "search among low stock": "/products?q=walnut&stock=low",
    "history": "/products/1/history",
    "history of half its kinds": "/products/1/history?kind=SALE",
    "history of a kind it has not": "/products/1/history?kind=BUILD_PRODUCE",
    "history of a month": "/products/1/history?period=30d",
    "history of a year": "/products/1/history?period=12m",
    "history of a kind in a month": "/products/1/history?kind=ADJUSTMENT&period=30d",
    "BOMs": "/boms",
    "BOMs of a type": "/boms?type=finished_good",
    "BOMs of which only old versions are left": "/boms?state=archived",
    "search of a twentieth of the BOMs": "/boms?q=oak",
    "search of all BOMs": "/boms?q=part",
    "what can be built": "/boms/what-can-i-build",
    "what can be built now": "/boms/what-can-i-build?buildable=now",
    "what cannot be built now": "/boms/what-can-i-build?buildable=not",
    "search among what can be built now": "/boms/what-can-i-build?buildable=now&q=part",
    "where a product is used": "/products/1/used-in",
}
FREE_PAGES = {
    "items not imported, all free": "/items?state=not_imported",
    "items imported, all free": "/items?state=imported",
    "search among items not imported, all free": "/items?q=walnut&state=not_imported",
}
# No lists: a chart of all that one product's stock ever did, and all pairs of items and products found anew.
OTHERS = {
    "product page, a year": "/products/1",
    "product page, all time": "/products/1?period=all",
    "what all products are worth": "/products/value",
    "dashboard": "/",
}
SUGGESTIONS = {"link suggestions": "/items/suggestions"}


@dataclass(frozen=True)
class Taken:
    """How long a page took each time, in milliseconds, and with how many statements."""

    times: list[float]
    queries: int
    rows: int

    @property
    def median(self) -> float:
        """The time in the middle."""
        return median(self.times)

    @property
    def late(self) -> float:
        """The 95th percentile."""
        return quantiles(self.times, n=20, method="inclusive")[-1] if len(self.times) > 1 else self.median

    @property
    def more(self) -> str:
        """What else there is to say of it."""
        return f"95th percentile {self.late:.0f} ms, {self.queries} statements"


def measure(folder: Path, items: int, rounds: int) -> Iterator[Row]:
    """A row for each page, then the worst of what holds for all lists."""
    few, many = at_both_sizes(folder, items, lambda app, count: _all_pages(app, count, rounds))
    yield from promises("list pages", {name: many[name] for name in (*PAGES, *FREE_PAGES)}, few, items)
    for name in OTHERS:
        yield Row(name, many[name].median, 100, "ms", f"{many[name].more}, {items:,} transactions")
    for name in SUGGESTIONS:
        yield Row(name, many[name].median, 2000, "ms", f"{many[name].more}, {items:,} free pairs")


def promises(what: str, many: dict[str, Taken], few: dict[str, Taken], count: int) -> Iterator[Row]:
    """A row for each list, then the worst of what holds for all of them, at `count` rows and at few.

    Where a small table does not fill the page, it is another page, and how the two compare is only told.
    """
    ratios = {name: taken.median / few[name].median for name, taken in many.items()}
    for name, taken in many.items():
        there = "" if few[name].rows == taken.rows else f", {few[name].rows} rows there and {taken.rows} here"
        yield Row(name, taken.median, 25, "ms", f"{taken.more}, {ratios[name]:.1f} × at {SMALL:,}{there}")
    ratios = {name: ratio for name, ratio in ratios.items() if few[name].rows == many[name].rows}
    late, queries = f"{what}, 95th percentile", f"{what}, statements"
    yield _worst(late, {name: taken.late for name, taken in many.items()}, 50, "ms")
    yield _worst(queries, {name: taken.queries for name, taken in many.items()}, 10, "at most")
    yield _worst(f"{what}, {count:,} rows", ratios, 1.5, f"× at {SMALL:,}")


def _worst(work: str, figures: dict[str, float], limit: float, unit: str) -> Row:
    first, *others = sorted(figures, key=lambda name: -figures[name])[:3]
    rest = ", ".join(f"{name} {figures[name]:.3g}" for name in others)
    return Row(work, figures[first], limit, unit, f"{first}; then {rest}")


def at_both_sizes(
    folder: Path, size: int, take: Callable[[Flask, int], dict[str, Taken]]
) -> tuple[dict[str, Taken], dict[str, Taken]]:
    """The pages of an installation with `SMALL` rows, and of one with `size`."""
    app = built(environment(folder, "http://localhost"))
    few, many = take(app, SMALL), take(app, size)
    with app.app_context():
        db.engine.dispose()
    return few, many


def _all_pages(app: Flask, count: int, rounds: int) -> dict[str, Taken]:
    migrated(app)
    with app.app_context():
        create_user("owner", email="owner@example.com")
        fill(connect(), count)
    client = signed_in(app)
    taken = timed_pages(app, client, PAGES | OTHERS, rounds * TIMES)
    with app.app_context():
        unlink_all()
    taken |= timed_pages(app, client, FREE_PAGES, rounds * TIMES)
    return taken | timed_pages(app, client, SUGGESTIONS, rounds)


def signed_in(app: Flask) -> FlaskClient:
    """The Owner's browser."""
    client = app.test_client()
    visitor = Visitor(client)
    visitor.submit(visitor.get("/login"), "Sign in", email="owner@example.com", password=PASSWORD)
    return client


def timed_pages(app: Flask, client: FlaskClient, pages: dict[str, str], times: int) -> dict[str, Taken]:
    """Each page asked for `times` times, once it is warm."""
    found = {}
    for name, address in pages.items():
        for _ in range(3):
            assert client.get(address).status_code == 200, address
        with app.app_context(), counted() as statements:
            rows = client.get(address).text.count("<tr")
        found[name] = Taken([_milliseconds(client, address) for _ in range(times)], len(statements), rows)
    return found


def _milliseconds(client: FlaskClient, address: str) -> float:
    started = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - started) * 1000
