"""All pages together, and what may be done with them: at the average, or in lots."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.stock.paper.page import NOW, ZERO, Line, Lot, Owed, Page, Refused, rounded, share, total_of


class Book:
    """The pages by product, every line in its order, and whether stock is kept in lots."""

    def __init__(self, products: list[int]) -> None:
        self.in_lots = False
        self.pages = {product: Page() for product in products}
        self.lines: list[Line] = []

    def write(self, product: int, source: int, quantity: Decimal, cost: Decimal, **more: Any) -> Line:
        """The level has moved, and a line says so, unless nothing moved."""
        page = self.pages[product]
        page.on_hand += quantity
        page.value += cost
        line = Line(product, source, quantity, cost, **more)
        if quantity or cost:
            self.lines.append(line)
        return line

    def revalue(self, product: int, source: int, value: Decimal) -> None:
        """The level is worth that much, whatever it was worth before."""
        self.write(product, source, ZERO, value - self.pages[product].value)

    def receive(self, product: int, source: int, quantity: Decimal, cost: Decimal, came: int = NOW) -> None:
        """It has come in: as a lot, or to what is on hand."""
        if self.in_lots:
            lot = self.pages[product].add_lot(came, quantity, cost)
            self.write(product, source, quantity, cost, lot=lot, made_lot=True)
        else:
            self._receive_at_average(product, source, quantity, cost)

    def _receive_at_average(self, product: int, source: int, quantity: Decimal, cost: Decimal) -> None:
        """What fills a deficit settles at the deficit's own value; what remains costs what it cost."""
        page = self.pages[product]
        deficit, value = max(-page.on_hand, ZERO), page.value
        page.settle_oldest(min(quantity, deficit))
        self.write(product, source, quantity, cost)
        if not deficit:
            return
        if quantity <= deficit:
            self.revalue(product, source, value - share(deficit, value, quantity))
        else:
            self.revalue(product, source, cost - share(quantity, cost, deficit))

    def consume(self, product: int, source: int, quantity: Decimal) -> None:
        """It has left; no more can than is there."""
        page = self.pages[product]
        if quantity > page.on_hand:
            raise Refused
        if self.in_lots:
            takes = page.take_oldest(quantity)
            self.write(product, source, -quantity, -total_of(takes)[1], takes=takes)
        else:
            self.write(product, source, -quantity, -share(page.on_hand, page.value, quantity))

    def sell(self, product: int, source: int, quantity: Decimal, price: Decimal | None) -> None:
        """It has left, and what was not there is owed, at the `price` of one or else the unit cost."""
        page = self.pages[product]
        there = page.held()[0] if self.in_lots else max(page.on_hand, ZERO)
        present = min(there, quantity)
        takes = page.take_oldest(present) if self.in_lots else []
        if self.in_lots:
            cost = total_of(takes)[1]
        else:
            cost = share(page.on_hand, page.value, present) if present else ZERO
        missing = quantity - present
        provisional = rounded(missing * (page.unit_cost if price is None else price))
        line = self.write(product, source, -quantity, -cost - provisional, takes=takes)
        if missing:
            page.owed.append(Owed(line, missing, provisional))

    def adjust(self, product: int, source: int, quantity: Decimal, price: Decimal | None) -> None:
        """More is there, at the `price` of one or else the unit cost, or less."""
        if quantity < 0:
            self.consume(product, source, -quantity)
        else:
            each = self.pages[product].unit_cost if price is None else price
            self.receive(product, source, quantity, rounded(quantity * each))

    def set_quantity(self, product: int, source: int, quantity: Decimal, price: Decimal | None) -> None:
        """On hand is what the books say, at the `price` of one; lots are none of their business."""
        page = self.pages[product]
        if self.in_lots:
            raise Refused
        wanted = page.unit_cost if price is None else price
        if (quantity, wanted) == (page.on_hand, page.unit_cost):
            return
        moved = quantity - page.on_hand
        page.settle_oldest(min(moved, -page.on_hand))
        self.write(product, source, moved, rounded(quantity * wanted) - page.value)
        page.unit_cost = wanted

    def adjust_lot(
        self, product: int, source: int, lot_id: int, quantity: Decimal, price: Decimal | None
    ) -> None:
        """More is in the lot, at the `price` of one or else its own, or less."""
        lot = self.lot(product, lot_id)
        if quantity > 0:
            now, ever = (lot.quantity, lot.cost), (lot.all_quantity, lot.all_cost)
            holds, worth = now if lot.quantity else ever
            cost = rounded(quantity * (rounded(worth / holds) if price is None else price))
            lot.grow(quantity, cost)
            self.write(product, source, quantity, cost, lot=lot)
        elif -quantity > lot.quantity:
            raise Refused
        else:
            take = lot.give(-quantity, share(lot.quantity, lot.cost, -quantity))
            self.write(product, source, quantity, -take.cost, takes=[take])

    def correct_cost(self, product: int, source: int, lot_id: int | None, cost: Decimal) -> None:
        """What is there of the lot, or of all, costs that much more."""
        page = self.pages[product]
        if not self.in_lots:
            if page.on_hand <= 0 or page.value + cost < 0:
                raise Refused
            self.write(product, source, ZERO, cost)
            return
        lot = self.lot(product, lot_id)
        lot.reprice(cost)
        self.write(product, source, ZERO, cost, lot=lot)

    def resolve(self, product: int) -> None:
        """What is owed is taken from the lots, oldest first, and costs what they cost."""
        page = self.pages[product]
        for owed in page.owed:
            takes = page.take_oldest(owed.quantity)
            quantity, cost = total_of(takes)
            if quantity:
                owed.line.takes += takes
                self.write(product, owed.line.source, ZERO, owed.settle(quantity) - cost)

    def lot(self, product: int, lot_id: int | None) -> Lot:
        """The lot by the real one's number; there is none while stock is kept at the average."""
        found = [lot for lot in self.pages[product].lots if self.in_lots and lot.id == lot_id]
        if not found:
            raise Refused
        return found[0]

    def tidy(self, product: int, *, by_hand: bool = True) -> None:
        """After a movement the unit cost is that of what is there, and what is settled is owed no more."""
        page = self.pages[product]
        page.renew_unit_cost(self.in_lots, by_hand=by_hand)
        page.owed = [owed for owed in page.owed if owed.quantity]
