"""Taking back: whole sources (`Reverse`) and parts of one consumption (`GiveBack`).

Each lot gets the very quantity and cost back that were drawn from it. Where the way back is gone, because
stock was not kept in lots at the time or is not any more, the value is put right by a COST_CORRECTION.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.stock.average import ZERO, evening, share
from app.stock.batch import Batch, Entry, OpenShortage, Shelf
from app.stock.errors import CannotReverse
from app.stock.fifo import Draw, OpenLot, draw, give_back, total
from app.stock.lotting import change_lot
from app.stock.movements import GiveBack, Source

ALREADY = "This has been reversed already."
PARTLY_BACK = "A part of it has been given back, so it cannot be reversed as a whole."
USED = "What came in has been used or changed since, so it cannot be taken back."


@dataclass(slots=True, eq=False)
class Past:
    """A transaction that stands, as it is being taken back; `returned` is what was given back so far.

    `returns` are the transactions that did so, 0 for one of this batch. `gives_back` is the transaction that
    this one gave a part back of, where the batch takes back both.
    """

    id: int
    product_id: int
    source: Source
    quantity: Decimal
    cost: Decimal
    lot: OpenLot | None
    made_lot: bool
    reversed: bool
    draws: list[Draw] = field(default_factory=list)
    returned_draws: list[Draw] = field(default_factory=list)
    returned_quantity: Decimal = ZERO
    returned_cost: Decimal = ZERO
    returns: list[int] = field(default_factory=list)
    gives_back: Past | None = None

    def stands_for(self, source: Source) -> bool:
        """Whether it belongs to the source and has not been taken back."""
        return self.source == source and not self.reversed

    def add_return(self, number: int, quantity: Decimal, cost: Decimal, draws: Sequence[Draw]) -> None:
        """A part of it has been given back."""
        self.returns.append(number)
        self.returned_quantity += quantity
        self.returned_cost += cost
        self.returned_draws += draws

    def drop_return(self, past: Past) -> None:
        """That part has been taken away again."""
        self.returns.remove(past.id)
        self.returned_quantity -= past.quantity
        self.returned_cost -= past.cost
        for one in past.draws:
            self.returned_draws.remove(one)


def reverse(batch: Batch, pasts: Sequence[Past]) -> None:
    """Each of `pasts` has its exact opposite; what comes back does so before anything is taken.

    What must be put right afterwards is not the source's doing: when the source is used again and reversed
    again, that correction stands.
    """
    taken_back = {past.id for past in pasts}
    if any(set(past.returns) - taken_back for past in pasts):
        raise CannotReverse(PARTLY_BACK)
    net: dict[int, Decimal] = {}
    for past in pasts:
        net[past.product_id] = net.get(past.product_id, ZERO) - past.quantity
    short = [key for key, quantity in net.items() if not _may_lose(batch, batch.shelves[key], -quantity)]
    if short:
        return
    for past in sorted(pasts, key=lambda one: (one.quantity > 0, -one.id)):
        past.reversed = True
        if past.gives_back is not None:
            past.gives_back.drop_return(past)
        _oppose(batch, batch.shelves[past.product_id], past)
    batch.disown()
    for product_id in sorted(net):
        settle(batch, batch.shelves[product_id])


def _may_lose(batch: Batch, shelf: Shelf, quantity: Decimal) -> bool:
    return quantity <= 0 or batch.can_remove(shelf, quantity)


def _oppose(batch: Batch, shelf: Shelf, past: Past) -> None:
    """One transaction has its opposite, in the level and in the lots."""
    quantity, cost = -past.quantity, -past.cost
    if not batch.lots_on:
        _fill_deficit(shelf, past, quantity)
        entry = batch.enter(shelf, quantity, cost)
    elif past.quantity < 0:
        entry = _bring_back(batch, shelf, past)
    elif past.quantity > 0:
        entry = _take_away(batch, shelf, past)
    else:
        entry = batch.enter(shelf, ZERO, cost, lot=past.lot)
        if past.lot is None:
            shelf.drift -= cost
        else:
            _undo_lot(past.lot, ZERO, past.cost)
    entry.reverses_id = past.id


def _bring_back(batch: Batch, shelf: Shelf, past: Past) -> Entry:
    owed = _shortage_of(shelf, past)
    back = -past.quantity
    settled = ZERO
    if owed is not None:
        part = min(back, owed.quantity)
        settled = owed.resolve(part)
        back -= part
    draws, homeless = give_back(past.draws, back)
    _requeue(shelf, draws)
    placed = settled - total(draws)
    lot = None
    if homeless:
        worth = max(-past.cost - placed, ZERO)
        lot = batch.add_lot(shelf, homeless, worth, None)
        placed += worth
    shelf.drift += placed + past.cost
    return batch.enter(shelf, -past.quantity, -past.cost, draws=draws, lot=lot)


def _take_away(batch: Batch, shelf: Shelf, past: Past) -> Entry:
    """What came in leaves again; a lot that never held anything else is voided."""
    rest, cost = past.quantity, past.cost
    draws: list[Draw] = []
    for lot, quantity, given in past.draws:
        draws.append(_taken(lot, -quantity, -given))
        rest += quantity
        cost += given
    if rest and past.lot is not None:
        draws.append(_taken(past.lot, rest, cost))
        past.lot.voided = past.made_lot and past.lot.original_quantity == rest
    elif rest:
        drawn, missing = draw(shelf.open_lots(), rest)
        if missing:
            raise CannotReverse(USED)
        draws += drawn
    shelf.drift += past.cost - total(draws)
    return batch.enter(shelf, -past.quantity, -past.cost, draws=draws)


def return_part(batch: Batch, movement: GiveBack, past: Past) -> None:
    """`quantity` of the consumption is back on the shelf at the cost at which it left."""
    shelf = batch.shelves[past.product_id]
    left = -past.quantity - past.returned_quantity
    if past.reversed:
        raise CannotReverse(ALREADY)
    if movement.quantity > left:
        raise CannotReverse(f"Only {max(left, ZERO):f} of it can be given back.")
    if batch.lots_on:
        entry = _return_to_lots(batch, shelf, past, movement.quantity)
    else:
        cost = share(left, -past.cost - past.returned_cost, movement.quantity)
        _fill_deficit(shelf, past, movement.quantity)
        entry = batch.enter(shelf, movement.quantity, cost)
    entry.gives_back_id = past.id
    past.add_return(entry.id, entry.quantity, entry.cost, entry.draws)
    settle(batch, shelf)


def _return_to_lots(batch: Batch, shelf: Shelf, past: Past, quantity: Decimal) -> Entry:
    owed = _shortage_of(shelf, past)
    left, worth = -past.quantity - past.returned_quantity, -past.cost - past.returned_cost
    rest, cost = quantity, ZERO
    if owed is not None:
        part = min(rest, owed.quantity)
        left, worth = left - owed.quantity, worth - owed.cost
        cost += owed.resolve(part)
        rest -= part
    still_out = _net(past.draws, past.returned_draws)
    draws, homeless = give_back(still_out, rest)
    _requeue(shelf, draws)
    cost -= total(draws)
    lot = None
    if homeless:
        left -= sum((one.quantity for one in still_out), ZERO)
        price = max(share(left, worth - total(still_out), homeless), ZERO)
        lot = batch.add_lot(shelf, homeless, price, None)
        cost += price
    return batch.enter(shelf, quantity, cost, draws=draws, lot=lot)


def _fill_deficit(shelf: Shelf, past: Past, quantity: Decimal) -> None:
    """What comes back to a level below zero is owed no more, its own shortage first."""
    deficit = -shelf.on_hand
    owed = _shortage_of(shelf, past)
    if owed is not None and quantity > 0:
        part = min(quantity, owed.quantity)
        owed.resolve(part)
        quantity, deficit = quantity - part, deficit - part
    shelf.resolve_shortages(min(quantity, deficit))


def settle(batch: Batch, shelf: Shelf) -> None:
    """The level is worth what its lots and shortages are, or has at least the sign of what is on hand."""
    if batch.lots_on:
        batch.correct(shelf, shelf.drift)
        shelf.drift = ZERO
    else:
        batch.correct(shelf, evening(shelf.on_hand, shelf.value, shelf.unit_cost))


def _net(draws: Sequence[Draw], returned: Sequence[Draw]) -> list[Draw]:
    """What is still out, in the order of drawing, once the `returned` (negative) draws are taken off."""
    back: dict[OpenLot, tuple[Decimal, Decimal]] = {}
    for lot, quantity, cost in returned:
        known = back.get(lot, (ZERO, ZERO))
        back[lot] = known[0] - quantity, known[1] - cost
    left: list[Draw] = []
    for lot, quantity, cost in reversed(draws):
        gone, gone_cost = back.pop(lot, (ZERO, ZERO))
        part = min(gone, quantity)
        part_cost = gone_cost if gone == part else min(cost, gone_cost)
        if gone > part:
            back[lot] = gone - part, gone_cost - part_cost
        if quantity > part:
            left.append(Draw(lot, quantity - part, cost - part_cost))
    return left[::-1]


def _requeue(shelf: Shelf, draws: Sequence[Draw]) -> None:
    for one in draws:
        shelf.queue(one.lot)


def _shortage_of(shelf: Shelf, past: Past) -> OpenShortage | None:
    return next((one for one in shelf.shortages if one.transaction_id == past.id), None)


def _taken(lot: OpenLot, quantity: Decimal, cost: Decimal) -> Draw:
    """The very quantity and cost have left the lot again; raises CannotReverse when they are not there."""
    left, worth = lot.quantity - quantity, lot.cost - cost
    if left < 0 or worth < 0 or (not left and worth):
        raise CannotReverse(USED)
    return lot.take(quantity, cost)


def _undo_lot(lot: OpenLot, quantity: Decimal, cost: Decimal) -> None:
    if not lot.quantity:
        raise CannotReverse(USED)
    change_lot(lot, -quantity, -cost)
