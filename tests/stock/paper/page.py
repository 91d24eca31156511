"""One product on paper: its shelf, its lots, what it owes, and the lines that say how it came to be so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
LEGACY, EARLIER, NOW = range(3)
"""When a lot came: before all lots there were, some time ago, or just now."""


class Refused(Exception):
    """What was asked for is against the rules; nothing of the batch happens."""


def rounded(value: Decimal, *, by_hand: bool = True) -> Decimal:
    """At six decimals; ties go to the even digit, but away from zero where the database reckons."""
    return value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN if by_hand else ROUND_HALF_UP)


def share(quantity: Decimal, cost: Decimal, part: Decimal, *, by_hand: bool = True) -> Decimal:
    """What `part` of `quantity` costs when all of it costs `cost`: the last part takes the rest."""
    return cost if part == quantity else rounded(cost * part / quantity, by_hand=by_hand)


@dataclass(eq=False)
class Lot:
    """What is left of a lot, and what was ever put into it; the real one's `id` once that is known."""

    came: int
    quantity: Decimal
    cost: Decimal
    all_quantity: Decimal
    all_cost: Decimal
    id: int = 0

    def grow(self, quantity: Decimal, cost: Decimal) -> None:
        """It was bigger or dearer from the start, or smaller or cheaper."""
        if self.quantity + quantity < 0 or self.cost + cost < 0 or self.all_cost + cost < 0:
            raise Refused
        self.quantity += quantity
        self.cost += cost
        self.all_quantity += quantity
        self.all_cost += cost

    def reprice(self, cost: Decimal) -> None:
        """What is left of it costs that much more; nothing costs nothing."""
        if not self.quantity:
            raise Refused
        self.grow(ZERO, cost)

    def give(self, quantity: Decimal, cost: Decimal) -> Take:
        """That much has left it; a lot that is empty is worth nothing."""
        self.quantity -= quantity
        self.cost -= cost
        if self.quantity < 0 or self.cost < 0 or (not self.quantity and self.cost):
            raise Refused
        return Take(self, quantity, cost)


@dataclass(eq=False)
class Take:
    """What a line took from a lot, and how much of that is out still."""

    lot: Lot
    quantity: Decimal
    cost: Decimal
    out: Decimal = ZERO
    out_cost: Decimal = ZERO

    def __post_init__(self) -> None:
        self.out, self.out_cost = self.quantity, self.cost

    def come_back(self, quantity: Decimal, cost: Decimal) -> None:
        """A part of it is in its lot again (below zero: has left it again)."""
        self.out -= quantity
        self.out_cost -= cost
        self.lot.give(-quantity, -cost)


@dataclass(eq=False)
class Line:
    """One movement of a product, signed; `source` 0 for what belongs to nothing that can be reversed.

    `lot` is the one that it made, added to or corrected. `returned` says how much of which takes of the line
    that it `gives_back` it returned. The `id` is that of the real one, once that is known.
    """

    product: int
    source: int
    quantity: Decimal
    cost: Decimal
    lot: Lot | None = None
    made_lot: bool = False
    takes: list[Take] = field(default_factory=list)
    undone: bool = False
    undoes: Line | None = None
    gives_back: Line | None = None
    returned: list[tuple[Take, Decimal, Decimal]] = field(default_factory=list)
    id: int = 0


@dataclass(eq=False)
class Owed:
    """What a line took that was not there, as far as it is owed still, at its provisional cost."""

    line: Line
    quantity: Decimal
    cost: Decimal

    def settle(self, quantity: Decimal) -> Decimal:
        """That much of it is owed no more; returns what it had cost."""
        cost = share(self.quantity, self.cost, quantity)
        self.quantity -= quantity
        self.cost -= cost
        return cost


@dataclass(eq=False)
class Page:
    """One product; `lots` and `owed` from the oldest on. Without stock the last unit cost stays."""

    on_hand: Decimal = ZERO
    value: Decimal = ZERO
    unit_cost: Decimal = ZERO
    lots: list[Lot] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    def held(self) -> tuple[Decimal, Decimal]:
        """What is in the lots, and what that cost."""
        return total((lot.quantity, lot.cost) for lot in self.lots)

    def missing(self) -> tuple[Decimal, Decimal]:
        """What is owed, and what that cost."""
        return total((owed.quantity, owed.cost) for owed in self.owed)

    def worth_of_lots(self) -> Decimal:
        """What the level must be worth while it is kept in lots."""
        return self.held()[1] - self.missing()[1]

    def add_lot(self, came: int, quantity: Decimal, cost: Decimal) -> Lot:
        """A new lot stands behind all that came as early."""
        lot = Lot(came, quantity, cost, quantity, cost)
        self.lots.append(lot)
        self.lots.sort(key=lambda each: each.came)
        return lot

    def take_oldest(self, quantity: Decimal, *, by_hand: bool = True) -> list[Take]:
        """As much of the quantity as there is, from the oldest lots."""
        takes = []
        for lot in self.lots:
            part = min(quantity, lot.quantity)
            if part:
                takes.append(lot.give(part, share(lot.quantity, lot.cost, part, by_hand=by_hand)))
                quantity -= part
        return takes

    def settle_oldest(self, quantity: Decimal) -> None:
        """Of what has been owed longest, that much is owed no more."""
        for owed in self.owed:
            part = min(quantity, owed.quantity)
            if part > 0:
                owed.settle(part)
                quantity -= part

    def owed_by(self, line: Line) -> Owed | None:
        """What this line owes still."""
        return next((owed for owed in self.owed if owed.line is line), None)

    def renew_unit_cost(self, in_lots: bool, *, by_hand: bool = True) -> None:
        """A unit costs the average of what is there; in lots, of what is in these."""
        quantity, cost = self.held() if in_lots else (self.on_hand, self.value)
        if quantity > 0:
            self.unit_cost = rounded(cost / quantity, by_hand=by_hand)


def total(pairs: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """The sum of quantities and the sum of costs."""
    known = list(pairs)
    return sum((each[0] for each in known), ZERO), sum((each[1] for each in known), ZERO)


def total_of(takes: Iterable[Take]) -> tuple[Decimal, Decimal]:
    """What the takes are together."""
    return total((take.quantity, take.cost) for take in takes)
