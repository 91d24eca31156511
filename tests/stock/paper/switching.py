"""Lots turned on and off on paper (RCV-3, OQ-61, OQ-62)."""

from __future__ import annotations

from decimal import Decimal

from tests.stock.paper.book import Book
from tests.stock.paper.page import LEGACY, ZERO, Owed, Page, rounded, total_of


def switch(book: Book) -> None:
    """The other way of keeping stock begins; no quantity moves."""
    book.in_lots = not book.in_lots
    for product, page in sorted(book.pages.items()):
        if book.in_lots:
            _open(book, product, page)
            book.revalue(product, 0, page.worth_of_lots())
        elif not page.on_hand or page.on_hand * page.value < 0:
            book.revalue(product, 0, rounded(page.on_hand * page.unit_cost, by_hand=False))
        book.tidy(product, by_hand=False)


def _open(book: Book, product: int, page: Page) -> None:
    """The lots should hold what is on hand and what is owed: the difference comes or leaves."""
    (held, held_cost), (owed, owed_cost) = page.held(), page.missing()
    excess = page.on_hand + owed - held
    if excess > 0:
        page.add_lot(LEGACY, excess, max(page.value + owed_cost - held_cost, ZERO))
    elif excess < 0:
        _leave(book, product, -excess)


def _leave(book: Book, product: int, quantity: Decimal) -> None:
    """The oldest lots give what left while they were frozen, and what even they cannot give is owed."""
    page = book.pages[product]
    takes = page.take_oldest(quantity, by_hand=False)
    taken, cost = total_of(takes)
    missing = quantity - taken
    provisional = rounded(missing * page.unit_cost, by_hand=False)
    line = book.write(product, 0, -quantity, -cost - provisional, takes=takes)
    book.write(product, 0, quantity, cost + provisional)
    if missing:
        page.owed.append(Owed(line, missing, provisional))
