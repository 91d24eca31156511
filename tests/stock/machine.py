"""Any sequence of movements, drawn by hypothesis, posted to the real ledger and kept on paper beside it."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from app.extensions import db
from app.foundation.errors import Conflict
from app.stock.models import StockTransaction
from app.stock.service import levels_of, resolve_shortage, turn_lots_off, turn_lots_on
from tests.stock.paper.book import Book
from tests.stock.paper.page import ZERO, Refused
from tests.stock.paper.switching import switch
from tests.stock.real import lines_since, lots_of, shortages_of
from tests.stock.wishes import WISHES, Deed, Wish, deed_of
from tests.support.database import empty_tables
from tests.support.products import create_product
from tests.support.stock import assert_clean, post_now


class LedgerMachine(RuleBasedStateMachine):
    """The ledger and the paper never disagree, and no cost is lost on the way."""

    def __init__(self) -> None:
        super().__init__()
        empty_tables(db.engine)
        db.session.remove()
        self.book = Book([create_product().id for _ in range(2)])
        self.batches = 0
        self.switched_at = 0

    def teardown(self) -> None:
        db.session.remove()

    @rule(wishes=st.lists(WISHES, min_size=1, max_size=4))
    def batch(self, wishes: list[Wish]) -> None:
        """All of it happens on both sides, or is refused on both."""
        self.batches += 1
        deeds, after = self._on_paper(wishes)
        try:
            post_now(*(intent for intent, _ in deeds))
        except Conflict:
            db.session.remove()
            assert after is None, "refused, though the paper allows it"
        else:
            assert after is not None, "done, though the paper refuses it"
            self._turn_to(after)

    def _on_paper(self, wishes: list[Wish]) -> tuple[list[Deed], Book | None]:
        """What comes of the wishes, and the book after it; None where something of it is refused.

        Few wishes insist on what the paper refuses, or hardly any batch would go through.
        """
        deeds: list[Deed] = []
        after: Book | None = deepcopy(self.book)
        for wish in wishes:
            deed = deed_of(wish, self.book, self.batches)
            if deed is None:
                continue
            done = _done(deed, after)
            if done is not None or wish.insists:
                deeds.append(deed)
                after = done
        return deeds, after

    @precondition(lambda self: self.book.in_lots and any(page.owed for page in self.book.pages.values()))
    @rule(which=st.integers(0, 1))
    def resolve(self, which: int) -> None:
        """What is owed is drawn from the lots."""
        after = deepcopy(self.book)
        product = list(after.pages)[which]
        after.resolve(product)
        after.tidy(product)
        resolve_shortage(product, None)
        self._turn_to(after)

    @precondition(lambda self: self.batches >= self.switched_at + 3)
    @rule()
    def switch(self) -> None:
        """Lots are turned on or off, not so often that nothing happens in between."""
        self.switched_at = self.batches
        after = deepcopy(self.book)
        switch(after)
        (turn_lots_off if self.book.in_lots else turn_lots_on)(None)
        self._turn_to(after)

    def _turn_to(self, after: Book) -> None:
        """The real ledger wrote the very lines of the new page, whose numbers the paper takes over."""
        new = sorted(after.lines[len(self.book.lines) :], key=lambda line: line.product)
        rows = lines_since(max((line.id for line in self.book.lines), default=0))
        _agree([row[1:] for row in rows], [(line.product, line.quantity, line.cost) for line in new])
        for line, row in zip(new, rows, strict=True):
            line.id = row[0]
        for product, page in after.pages.items():
            for lot, known in zip(page.lots, lots_of(product), strict=True):
                lot.id = lot.id or known[0]
        self.book = after

    @invariant()
    def the_ledger_says_what_the_paper_says(self) -> None:
        """Level, lots and shortages of each product."""
        for product, level in levels_of(self.book.pages).items():
            page = self.book.pages[product]
            _agree((level.on_hand, level.value, level.unit_cost), (page.on_hand, page.value, page.unit_cost))
            _agree(lots_of(product), [(lot.id, lot.quantity, lot.cost) for lot in page.lots])
            _agree(shortages_of(product), [(each.line.id, each.quantity, each.cost) for each in page.owed])

    @invariant()
    def cost_in_is_cost_out_and_cost_on_hand(self) -> None:
        """Whatever came in has gone out or is there."""
        costs = db.session.scalars(select(StockTransaction.cost)).all()
        on_hand = sum((level.value for level in levels_of(self.book.pages).values()), ZERO)
        came_in = sum((cost for cost in costs if cost > 0), ZERO)
        went_out = -sum((cost for cost in costs if cost < 0), ZERO)
        assert came_in == went_out + on_hand

    @invariant()
    def everything_agrees(self) -> None:
        """`verify` has nothing to say."""
        db.session.rollback()
        assert_clean()


def _done(deed: Deed, book: Book | None) -> Book | None:
    """The book, had the deed been done; None where it is refused, like something before it."""
    after = deepcopy(book)
    try:
        if after is not None:
            deed[1](after)
    except Refused:
        return None
    return after


def _agree(ledger: object, paper: object) -> None:
    assert ledger == paper, f"\nledger {ledger}\npaper  {paper}"
