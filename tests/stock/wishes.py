"""What somebody wants of the ledger, drawn by hypothesis: an intent for the real one, a deed on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.stock.service import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    Kind,
    Movement,
    NewLot,
    Receive,
    Reverse,
    SetQuantity,
    Source,
)
from tests.stock.paper.book import Book
from tests.stock.paper.page import EARLIER, NOW, Line
from tests.stock.paper.undoing import give_back, reverse

QUANTITIES = st.one_of(
    st.integers(1, 30).map(Decimal), st.decimals("0.0001", "40", places=4, allow_nan=False)
)
COSTS = st.one_of(st.integers(0, 90).map(Decimal), st.decimals(0, 500, places=6, allow_nan=False))
SOME_DAY = datetime(2020, 2, 2, tzinfo=UTC)
KIND = "batch"
"""Of the sources; there is one for each batch."""

Deed = tuple[Movement, Callable[[Book], None]]


@dataclass(frozen=True)
class Wish:
    """What is wanted, and numbers of which each kind of wish uses some."""

    what: str
    which: int
    number: int
    quantity: Decimal
    cost: Decimal
    part: Decimal
    up: bool
    free: bool
    insists: bool

    @property
    def signed(self) -> Decimal:
        """The quantity, up or down."""
        return self.quantity if self.up else -self.quantity

    @property
    def price(self) -> Decimal | None:
        """The cost as that of one, or none given."""
        return self.cost if self.free else None


def deed_of(wish: Wish, book: Book, source: int) -> Deed | None:
    """The intent and what it does on paper, by what is there before its batch; None without an object."""
    product = list(book.pages)[wish.which]
    return WAYS[wish.what](wish, book, product, Source(KIND, source))


def _on_one(intent: Movement, product: int, doing: Callable[..., None], source: Source, *facts: Any) -> Deed:
    def on_paper(book: Book) -> None:
        doing(book, product, source.id, *facts)
        book.tidy(product)

    return intent, on_paper


def _receive(wish: Wish, _book: Book, product: int, source: Source) -> Deed:
    lot = NewLot("EARLIER", received_at=SOME_DAY) if wish.free else None
    intent = Receive(
        product_id=product,
        quantity=wish.quantity,
        cost=wish.cost,
        lot=lot,
        kind=Kind.RECEIVE,
        source=source,
    )
    came = EARLIER if wish.free else NOW
    return _on_one(intent, product, Book.receive, source, wish.quantity, wish.cost, came)


def _consume(wish: Wish, _book: Book, product: int, source: Source) -> Deed:
    intent = Consume(product_id=product, quantity=wish.quantity, kind=Kind.BUILD_CONSUME, source=source)
    return _on_one(intent, product, Book.consume, source, wish.quantity)


def _sell(wish: Wish, _book: Book, product: int, source: Source) -> Deed:
    intent = Consume(
        product_id=product,
        quantity=wish.quantity,
        allow_shortage=True,
        shortage_unit_cost=wish.price,
        kind=Kind.SALE,
        source=source,
    )
    return _on_one(intent, product, Book.sell, source, wish.quantity, wish.price)


def _adjust(wish: Wish, _book: Book, product: int, source: Source) -> Deed:
    facts = {"quantity": wish.signed, "unit_cost": wish.price}
    intent = Adjust(product_id=product, kind=Kind.ADJUSTMENT, source=source, **facts)
    return _on_one(intent, product, Book.adjust, source, wish.signed, wish.price)


def _set_quantity(wish: Wish, _book: Book, product: int, source: Source) -> Deed:
    facts = {"quantity": wish.signed, "unit_cost": wish.price}
    intent = SetQuantity(product_id=product, kind=Kind.ACCOUNTING_SYNC, source=source, **facts)
    return _on_one(intent, product, Book.set_quantity, source, wish.signed, wish.price)


def _adjust_lot(wish: Wish, book: Book, product: int, source: Source) -> Deed | None:
    lots = book.pages[product].lots
    if not lots:
        return None
    lot = lots[wish.number % len(lots)].id
    facts = {"quantity": wish.signed, "unit_cost": wish.price, "lot_id": lot}
    intent = Adjust(product_id=product, kind=Kind.LOT_ADJUSTMENT, source=source, **facts)
    return _on_one(intent, product, Book.adjust_lot, source, lot, wish.signed, wish.price)


def _correct_cost(wish: Wish, book: Book, product: int, source: Source) -> Deed | None:
    lots = book.pages[product].lots
    cost = wish.cost if wish.up else -wish.cost
    if not cost or (book.in_lots and not lots):
        return None
    lot = lots[wish.number % len(lots)].id if book.in_lots else None
    intent = CorrectCost(product_id=product, cost=cost, lot_id=lot, source=source)
    return _on_one(intent, product, Book.correct_cost, source, lot, cost)


def _reverse(wish: Wish, book: Book, _product: int, _source: Source) -> Deed | None:
    sources = sorted({line.source for line in book.lines if line.source})
    if not sources:
        return None
    source = sources[-1 - wish.number % len(sources)]
    intent = Reverse(source=Source(KIND, source), kind=Kind.BUILD_REVERSAL)
    return intent, lambda paper: reverse(paper, source)


def _give_back(wish: Wish, book: Book, _product: int, source: Source) -> Deed | None:
    taken = [line for line in book.lines if line.quantity < 0]
    if not taken:
        return None
    line = taken[-1 - wish.number % len(taken)]
    quantity = (-line.quantity * wish.part).quantize(Decimal("0.0001"))
    if not quantity:
        return None
    belongs = Source(KIND, line.source) if wish.free and line.source else source
    intent = GiveBack(transaction_id=line.id, quantity=quantity, kind=Kind.BUILD_RECOVERY, source=belongs)

    def on_paper(paper: Book) -> None:
        give_back(paper, belongs.id or 0, _known(paper, line), quantity)
        paper.tidy(line.product)

    return intent, on_paper


def _known(book: Book, line: Line) -> Line:
    """The line as it stands in a copy of its book."""
    return next(each for each in book.lines if each.id == line.id)


WAYS: dict[str, Callable[[Wish, Book, int, Source], Deed | None]] = {
    "receive": _receive,
    "consume": _consume,
    "sell": _sell,
    "adjust": _adjust,
    "set quantity": _set_quantity,
    "adjust a lot": _adjust_lot,
    "correct a cost": _correct_cost,
    "reverse": _reverse,
    "give back": _give_back,
}
WISHES = st.builds(
    Wish,
    what=st.sampled_from(sorted(WAYS)),
    which=st.integers(0, 1),
    number=st.integers(0, 20),
    quantity=QUANTITIES,
    cost=COSTS,
    part=st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.3")]),
    up=st.booleans(),
    free=st.booleans(),
    insists=st.integers(0, 9).map(lambda number: number == 9),
)
