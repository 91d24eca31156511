"""A batch at work in memory: the shelf of each product it touches and the entries it will leave.

Nothing here reads or writes the database. `reading` fills the shelves, `averaging`, `lotting` and `undoing`
apply the intents, `writing` stores what came of it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from app.stock.average import ZERO, share, unit_cost
from app.stock.errors import InsufficientStock, Shortfall
from app.stock.fifo import Draw, OpenLot
from app.stock.kinds import Kind
from app.stock.movements import Movement, NewLot, Source

FIRST_NEW_LOT = 2**62
"""New lots are numbered from here until they have an id, so that they queue behind older ones."""


@dataclass(slots=True, eq=False)
class Entry:
    """A transaction to be; `index` is the place of its movement in the batch."""

    index: int
    movement: Movement
    product_id: int
    kind: Kind
    quantity: Decimal
    cost: Decimal
    on_hand_after: Decimal
    value_after: Decimal
    lot: OpenLot | None = None
    draws: Sequence[Draw] = ()
    reverses_id: int | None = None
    gives_back_id: int | None = None
    id: int = 0


@dataclass(slots=True, eq=False)
class OpenShortage:
    """What a transaction still owes the shelf; `entry` is set when it is new in this batch.

    `first_quantity` and `first_cost` are what it owed when the batch began, or when it was made.
    """

    transaction_id: int
    quantity: Decimal
    cost: Decimal
    entry: Entry | None = None
    source: Source | None = None
    first_quantity: Decimal = ZERO
    first_cost: Decimal = ZERO

    def __post_init__(self) -> None:
        self.first_quantity, self.first_cost = self.quantity, self.cost

    @property
    def changed(self) -> bool:
        """Whether a part of it has been resolved."""
        return self.quantity != self.first_quantity

    def resolve(self, quantity: Decimal) -> Decimal:
        """`quantity` of it is owed no more; returns its provisional cost."""
        cost = share(self.quantity, self.cost, quantity)
        self.quantity -= quantity
        self.cost -= cost
        return cost


@dataclass(slots=True, eq=False)
class Shelf:
    """One product during a batch. `lots` are those that may be needed, in the order of drawing.

    `drift` is by how much the value of lots and shortages has moved away from the level's, until corrected.
    """

    product_id: int
    on_hand: Decimal
    value: Decimal
    unit_cost: Decimal
    lots: list[OpenLot] = field(default_factory=list)
    shortages: list[OpenShortage] = field(default_factory=list)
    queued: set[int] = field(default_factory=set)
    drift: Decimal = ZERO
    changed: bool = False
    _first: int = 0

    def open_lots(self) -> Iterator[OpenLot]:
        """The lots from the oldest that has something to give."""
        while self._first < len(self.lots) and not self.lots[self._first].quantity:
            self._first += 1
        return islice(self.lots, self._first, None)

    def queue(self, lot: OpenLot) -> None:
        """The lot, new or filled again, stands in its place."""
        if lot.number not in self.queued:
            insort(self.lots, lot, key=lambda one: one.place)
            self.queued.add(lot.number)
        self._first = 0

    def renew_unit_cost(self, lots_on: bool) -> None:
        """The unit cost is the average of what is there; with lots, of what is in them (COST-5)."""
        quantity, cost = self.on_hand, self.value
        if lots_on:
            quantity += sum((one.quantity for one in self.shortages), ZERO)
            cost += sum((one.cost for one in self.shortages), ZERO)
        self.unit_cost = unit_cost(quantity, cost, self.unit_cost)

    def resolve_shortages(self, quantity: Decimal) -> None:
        """Up to `quantity` of the oldest shortages is owed no more."""
        for shortage in self.shortages:
            if quantity <= 0:
                break
            part = min(quantity, shortage.quantity)
            if part:
                shortage.resolve(part)
                quantity -= part


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What a new lot is called and where it comes from."""

    number: str
    expires_on: date | None
    source: Source


@dataclass(eq=False)
class Batch:
    """All of it: shelves by product, lots by number, and what will be written."""

    lots_on: bool
    now: datetime
    shelves: dict[int, Shelf] = field(default_factory=dict)
    lots: dict[int, OpenLot] = field(default_factory=dict)
    new_lots: list[tuple[OpenLot, LotFacts]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    late_draws: list[tuple[int, Draw]] = field(default_factory=list)
    shortfalls: dict[int, Shortfall] = field(default_factory=dict)
    _removed: dict[int, Decimal] = field(default_factory=dict)
    _at: tuple[int, Movement] | None = None

    def begin(self, index: int, movement: Movement) -> None:
        """What is entered from here on belongs to this movement."""
        self._at = index, movement

    def disown(self) -> None:
        """What is entered from here on belongs to no numbered source, so that no reversal takes it back."""
        assert self._at is not None  # noqa: S101 - for the type checker
        index, movement = self._at
        self._at = index, replace(movement, source=Source(movement.source.kind))

    def enter(
        self,
        shelf: Shelf,
        quantity: Decimal,
        cost: Decimal,
        *,
        kind: Kind | None = None,
        draws: Sequence[Draw] = (),
        lot: OpenLot | None = None,
    ) -> Entry:
        """The shelf's level has moved by the signed `quantity` and `cost`, and an entry says so."""
        assert self._at is not None  # noqa: S101 - for the type checker
        index, movement = self._at
        shelf.on_hand += quantity
        shelf.value += cost
        shelf.changed = True
        entry = Entry(
            index,
            movement,
            shelf.product_id,
            kind or movement.kind,
            quantity,
            cost,
            shelf.on_hand,
            shelf.value,
            lot,
            draws,
        )
        if quantity or cost:
            self.entries.append(entry)
        return entry

    def correct(self, shelf: Shelf, cost: Decimal) -> None:
        """The shelf's value has moved by `cost` in the open; nothing when it is zero."""
        if cost:
            self.enter(shelf, ZERO, cost, kind=Kind.COST_CORRECTION)

    def add_shortage(self, shelf: Shelf, entry: Entry, quantity: Decimal, cost: Decimal) -> None:
        """The entry took `quantity` that was not there."""
        shelf.shortages.append(OpenShortage(0, quantity, cost, entry))

    def add_lot(self, shelf: Shelf, quantity: Decimal, cost: Decimal, new: NewLot | None) -> OpenLot:
        """A lot of the current movement stands in the shelf's queue."""
        assert self._at is not None  # noqa: S101 - for the type checker
        movement = self._at[1]
        source = movement.source
        named = f"{source.kind.upper()}-{source.id}" if source.id else source.kind.upper()
        received_at = (new and new.received_at) or movement.occurred_at or self.now
        number = FIRST_NEW_LOT + len(self.new_lots)
        lot = OpenLot(number, shelf.product_id, received_at, quantity, cost, quantity, cost)
        facts = LotFacts(new.number if new else named, new.expires_on if new else None, source)
        self.new_lots.append((lot, facts))
        self.lots[lot.number] = lot
        shelf.queue(lot)
        return lot

    def can_remove(self, shelf: Shelf, quantity: Decimal) -> bool:
        """Whether the shelf has as much on hand; if not, the product's shortfall is noted."""
        product_id = shelf.product_id
        known = self.shortfalls.get(product_id)
        if known is not None:
            self.shortfalls[product_id] = replace(known, needed=known.needed + quantity)
            return False
        removed = self._removed.get(product_id, ZERO)
        if quantity > shelf.on_hand:
            available = removed + max(shelf.on_hand, ZERO)
            self.shortfalls[product_id] = Shortfall(product_id, removed + quantity, available)
            return False
        self._removed[product_id] = removed + quantity
        return True

    def refuse_shortfalls(self) -> None:
        """Raises InsufficientStock when some product was short."""
        if self.shortfalls:
            raise InsufficientStock([self.shortfalls[key] for key in sorted(self.shortfalls)])
