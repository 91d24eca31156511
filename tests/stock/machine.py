"""Any sequence of movements, drawn by hypothesis, posted to the real ledger and kept on paper beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from app.extensions import db
from app.foundation.errors import Conflict
from app.stock.errors import CannotReverse
from app.stock.models import Lot, LotStatus, Shortage, StockTransaction
from app.stock.service import (
    Adjust,
    Consume,
    CorrectCost,
    GiveBack,
    InsufficientStock,
    Kind,
    LotsAreOn,
    Movement,
    PostedBatch,
    PostedTransaction,
    Receive,
    Reverse,
    SetQuantity,
    Source,
    levels_of,
    resolve_shortage,
    turn_lots_off,
    turn_lots_on,
)
from tests.stock.reference import ZERO, Paper, rounded
from tests.support.database import empty_tables
from tests.support.products import create_product
from tests.support.stock import a_source, assert_clean, post_now

PRODUCTS = st.integers(0, 1)
QUANTITIES = st.one_of(
    st.integers(1, 30).map(Decimal), st.decimals("0.0001", "40", places=4, allow_nan=False)
)
COSTS = st.one_of(st.integers(0, 90).map(Decimal), st.decimals(0, 500, places=6, allow_nan=False))


class LedgerMachine(RuleBasedStateMachine):
    """The ledger and the paper never disagree, and no cost is lost on the way."""

    def __init__(self) -> None:
        super().__init__()
        empty_tables(db.engine)
        db.session.remove()
        self.in_lots = False
        self.epoch = 0
        self.products = [create_product().id for _ in range(2)]
        self.pages = {product: Paper() for product in self.products}
        self.sources: list[tuple[Source, int]] = []
        self.consumptions: list[tuple[PostedTransaction, int]] = []

    def teardown(self) -> None:
        db.session.remove()

    def posted(self, *movements: Movement) -> PostedBatch:
        """The batch, remembered so that it can be taken back later."""
        batch = post_now(*movements)
        self.sources.append((movements[0].source, self.epoch))
        self.consumptions += [(one, self.epoch) for one in batch.transactions if one.quantity < 0]
        return batch

    @contextmanager
    def refused(self, *errors: type[Exception], when: bool) -> Iterator[None]:
        """What happens in the block is refused exactly `when` it must be, and changes nothing."""
        try:
            yield
        except errors:
            assert when
            db.session.remove()
        else:
            assert not when

    @rule(which=PRODUCTS, quantity=QUANTITIES, cost=COSTS)
    def receive(self, which: int, quantity: Decimal, cost: Decimal) -> None:
        product = self.products[which]
        page = self.pages[product]
        batch = self.posted(
            Receive(
                product_id=product,
                quantity=quantity,
                cost=cost,
                kind=Kind.RECEIVE,
                source=a_source("receipt"),
            )
        )
        self._came_in(page, product, batch, quantity, cost)

    def _came_in(
        self, page: Paper, product: int, batch: PostedBatch, quantity: Decimal, cost: Decimal
    ) -> None:
        before = page.on_hand
        page.on_hand += quantity
        page.value += cost
        if self.in_lots:
            page.lots.append([Decimal(batch.transactions[0].lot_id or 0), quantity, cost])
        elif before < 0:
            level = levels_of([product])[product]
            if page.on_hand > 0:
                assert abs(level.value - page.on_hand * cost / quantity) < Decimal("0.00001")
            page.value = level.value
        page.average(self.in_lots)

    @rule(which=PRODUCTS, quantity=QUANTITIES)
    def consume(self, which: int, quantity: Decimal) -> None:
        product = self.products[which]
        page = self.pages[product]
        intent = Consume(
            product_id=product, quantity=quantity, kind=Kind.BUILD_CONSUME, source=a_source("build")
        )
        with self.refused(InsufficientStock, when=quantity > page.on_hand):
            batch = self.posted(intent)
            cost = page.taken(quantity, self.in_lots)
            assert [one.cost for one in batch.transactions] == [-cost]
            page.average(self.in_lots)

    @rule(which=PRODUCTS, quantity=QUANTITIES)
    def sell(self, which: int, quantity: Decimal) -> None:
        product = self.products[which]
        page = self.pages[product]
        intent = Consume(
            product_id=product,
            quantity=quantity,
            allow_shortage=True,
            kind=Kind.SALE,
            source=a_source("sale"),
        )
        batch = self.posted(intent)
        assert [one.cost for one in batch.transactions if one.quantity] == [
            -page.sold(quantity, self.in_lots)
        ]
        page.average(self.in_lots)

    @rule(which=PRODUCTS, quantity=QUANTITIES, up=st.booleans())
    def adjust(self, which: int, quantity: Decimal, up: bool) -> None:
        product = self.products[which]
        page = self.pages[product]
        signed = quantity if up else -quantity
        intent = Adjust(product_id=product, quantity=signed, kind=Kind.ADJUSTMENT, source=a_source())
        with self.refused(InsufficientStock, when=not up and quantity > page.on_hand):
            batch = self.posted(intent)
            if up:
                self._came_in(page, product, batch, quantity, rounded(quantity * page.unit_cost))
            else:
                page.taken(quantity, self.in_lots)
                page.average(self.in_lots)

    @rule(
        which=PRODUCTS,
        quantity=st.one_of(QUANTITIES, QUANTITIES.map(lambda one: -one)),
        cost=COSTS | st.none(),
    )
    def set_quantity(self, which: int, quantity: Decimal, cost: Decimal | None) -> None:
        product = self.products[which]
        page = self.pages[product]
        intent = SetQuantity(
            product_id=product,
            quantity=quantity,
            unit_cost=cost,
            kind=Kind.ACCOUNTING_SYNC,
            source=a_source("sync_run"),
        )
        with self.refused(LotsAreOn, when=self.in_lots):
            post_now(intent)
            wanted = page.unit_cost if cost is None else cost
            if quantity != page.on_hand or wanted != page.unit_cost:
                page.value = rounded(quantity * wanted)
            page.on_hand, page.unit_cost = quantity, wanted
            page.average(False)

    @precondition(lambda self: self.in_lots)
    @rule(which=PRODUCTS, number=st.integers(0, 9), quantity=QUANTITIES, up=st.booleans())
    def adjust_lot(self, which: int, number: int, quantity: Decimal, up: bool) -> None:
        product = self.products[which]
        page = self.pages[product]
        if not page.lots:
            return
        lot = page.lots[number % len(page.lots)]
        signed = quantity if up else -quantity
        intent = Adjust(
            product_id=product,
            quantity=signed,
            unit_cost=Decimal(3) if up else None,
            lot_id=int(lot[0]),
            kind=Kind.LOT_ADJUSTMENT,
            source=a_source(),
        )
        with self.refused(Conflict, when=not up and quantity > lot[1]):
            batch = self.posted(intent)
            change = batch.transactions[0].cost
            assert up or change == -(lot[2] if quantity == lot[1] else rounded(lot[2] * quantity / lot[1]))
            assert not up or change == rounded(quantity * 3)
            lot[1] += signed
            lot[2] += change
            page.on_hand += signed
            page.value += change
            page.average(True)

    @precondition(lambda self: self.in_lots)
    @rule(which=PRODUCTS, number=st.integers(0, 9), cost=COSTS.filter(bool))
    def freight_comes_later(self, which: int, number: int, cost: Decimal) -> None:
        product = self.products[which]
        page = self.pages[product]
        if not page.lots:
            return
        lot = page.lots[number % len(page.lots)]
        with self.refused(Conflict, when=not lot[1]):
            self.posted(
                CorrectCost(product_id=product, cost=cost, lot_id=int(lot[0]), source=a_source("receipt"))
            )
            lot[2] += cost
            page.value += cost
            page.average(True)

    @precondition(lambda self: self.sources)
    @rule(number=st.integers(0, 50))
    def reverse(self, number: int) -> None:
        source, epoch = self.sources[number % len(self.sources)]
        before = {product: page.on_hand for product, page in self.pages.items()}
        try:
            batch = post_now(Reverse(source=source, kind=Kind.BUILD_REVERSAL))
        except (CannotReverse, InsufficientStock, Conflict):
            db.session.remove()
            return
        for one in batch.transactions:
            page = self.pages[one.product_id]
            before[one.product_id] += one.quantity
            if self.in_lots and epoch == self.epoch:
                for drawn in one.draws:
                    lot = next(lot for lot in page.lots if lot[0] == drawn.lot_id)
                    lot[1] -= drawn.quantity
                    lot[2] -= drawn.cost
        self._drop_voided()
        self._adopt(lots=epoch != self.epoch or any(one.lot_id for one in batch.transactions))
        assert before == {product: page.on_hand for product, page in self.pages.items()}

    @precondition(lambda self: self.consumptions)
    @rule(number=st.integers(0, 50), part=st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.3")]))
    def give_back(self, number: int, part: Decimal) -> None:
        taken, epoch = self.consumptions[number % len(self.consumptions)]
        quantity = (-taken.quantity * part).quantize(Decimal("0.0001"))
        if not quantity:
            return
        intent = GiveBack(
            transaction_id=taken.id, quantity=quantity, kind=Kind.BUILD_RECOVERY, source=a_source("build")
        )
        try:
            batch = self.posted(intent)
        except CannotReverse:
            db.session.remove()
            return
        assert batch.transactions[0].quantity == quantity
        page = self.pages[taken.product_id]
        for drawn in batch.transactions[0].draws:
            lot = next(lot for lot in page.lots if lot[0] == drawn.lot_id)
            lot[1] -= drawn.quantity
            lot[2] -= drawn.cost
        self._adopt(lots=epoch != self.epoch)

    @rule(which=PRODUCTS)
    def resolve(self, which: int) -> None:
        product = self.products[which]
        page = self.pages[product]
        if not self.in_lots:
            return
        there = sum((lot[1] for lot in page.lots), ZERO)
        resolve_shortage(product, None)
        owed = self._owed(product)[0]
        assert owed == max(page.owed - there, ZERO)
        self._adopt(lots=True)

    @rule()
    def switch(self) -> None:
        """What a switch does in detail is tested apart; here, that no quantity goes astray."""
        (turn_lots_off if self.in_lots else turn_lots_on)(None)
        self.in_lots = not self.in_lots
        self.epoch += 1
        quantities = {product: page.on_hand for product, page in self.pages.items()}
        self._adopt(lots=True)
        assert quantities == {product: page.on_hand for product, page in self.pages.items()}

    def _owed(self, product: int) -> tuple[Decimal, Decimal]:
        row = db.session.execute(
            select(
                func.coalesce(func.sum(Shortage.quantity - Shortage.resolved_quantity), 0),
                func.coalesce(func.sum(Shortage.cost - Shortage.resolved_cost), 0),
            ).where(Shortage.product_id == product)
        ).one()
        return row[0], row[1]

    def _adopt(self, *, lots: bool) -> None:
        """The paper takes over what only the real ledger can know; the lots too, where `lots` says so."""
        db.session.expire_all()
        for product, level in levels_of(self.products).items():
            page = self.pages[product]
            page.on_hand, page.value, page.unit_cost = level.on_hand, level.value, level.unit_cost
            page.owed, page.owed_cost = self._owed(product)
            if lots:
                page.lots = [[Decimal(key), quantity, cost] for key, quantity, cost in self._lots(product)]

    def _drop_voided(self) -> None:
        """A lot whose receipt was taken back is crossed out on paper."""
        voided = set(db.session.scalars(select(Lot.id).where(Lot.status == LotStatus.VOIDED)))
        for page in self.pages.values():
            page.lots = [lot for lot in page.lots if lot[0] not in voided]

    def _lots(self, product: int) -> list[tuple[int, Decimal, Decimal]]:
        rows = db.session.execute(
            select(Lot.id, Lot.quantity_remaining, Lot.cost_remaining)
            .where(Lot.product_id == product, Lot.status != LotStatus.VOIDED)
            .order_by(Lot.received_at, Lot.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    @invariant()
    def the_ledger_says_what_the_paper_says(self) -> None:
        for product, level in levels_of(self.products).items():
            page = self.pages[product]
            assert (level.on_hand, level.value) == (page.on_hand, page.value)
            if self.in_lots:
                assert self._lots(product) == [tuple(lot) for lot in page.lots]

    @invariant()
    def cost_in_is_cost_out_and_cost_on_hand(self) -> None:
        total = func.sum(StockTransaction.cost)
        came_in = db.session.scalar(select(total).where(StockTransaction.cost > 0)) or ZERO
        went_out = -(db.session.scalar(select(total).where(StockTransaction.cost < 0)) or ZERO)
        on_hand = sum((level.value for level in levels_of(self.products).values()), ZERO)
        assert came_in == went_out + on_hand

    @invariant()
    def everything_agrees(self) -> None:
        db.session.rollback()
        assert_clean()
