"""A year of stock: an opening, then deliveries, use, counts and breakage, the same for every new demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle

from app.demo.workshop.calendar import working_day
from app.demo.workshop.catalogue import Ids, Ware
from app.foundation.clock import utcnow
from app.foundation.money import COST_PLACES
from app.foundation.transaction import transaction
from app.products.adjusting import SOURCE, Adjustment, Direction, Reason
from app.products.models import ProductType
from app.products.service import Opening
from app.stock.service import Movement, Source, post

OPENED_DAYS_AGO = 358
MONTHS = range(1, 12)
LAST_DAYS_AGO = 15
"""The last of it, days before the first build, so that no weekend moves the two together."""

USE = (90, 120, 75, 105, 130, 80, 110)
"""What a month uses, in hundredths of a usual one."""


def post_history(wares: list[Ware], ids: Ids, user_id: int) -> None:
    """Every product has the stock that its row says, and the movements of a year that led to it."""
    now = utcnow()
    movements: list[Movement] = []
    for place, ware in enumerate(wares):
        movements += _year_of(ware, place, ids[ware.sku], user_id, now)
    movements.sort(key=lambda movement: movement.occurred_at or now)
    with transaction() as session:
        post(movements, session)


def _year_of(ware: Ware, place: int, product_id: int, user_id: int, now: datetime) -> Iterator[Movement]:
    """The movements of one product, oldest first; `place` makes each product's year its own."""
    on_hand, cost = _whole(ware, ware.monthly * 3), _early(ware.unit_cost)
    opening = Opening(on_hand, cost).movement(product_id, user_id)
    yield replace(opening, occurred_at=_moment(now, OPENED_DAYS_AGO, place))
    for days_ago, change in _changes(ware, place, on_hand):
        movement = replace(change, product_id=product_id).movement(Source(SOURCE), user_id)
        yield replace(movement, occurred_at=_moment(now, days_ago, place))


def _changes(ware: Ware, place: int, on_hand: Decimal) -> Iterator[tuple[int, Adjustment]]:
    """How many days ago, and what happened; nothing ever takes more than is there."""
    shares = cycle(USE[place % len(USE) :] + USE[: place % len(USE)])
    for month in MONTHS:
        days_ago = OPENED_DAYS_AGO - month * 31 + place % 9
        used = _whole(ware, ware.monthly * next(shares) / 100)
        if on_hand - used < (ware.fields.reorder_point or 0):
            supply = _whole(ware, ware.monthly * 3)
            on_hand += supply
            yield days_ago + 4, _came(ware, supply, month)
        on_hand -= used
        yield days_ago, _went(ware, used)
        for change in _surprises(ware, month + place):
            on_hand += change.quantity if change.direction is Direction.ADD else -change.quantity
            yield days_ago - 2, change
    if on_hand < ware.now:
        yield LAST_DAYS_AGO, _came(ware, ware.now - on_hand, len(MONTHS))
    elif on_hand > ware.now:
        yield LAST_DAYS_AGO, _went(ware, on_hand - ware.now)


def _surprises(ware: Ware, turn: int) -> Iterator[Adjustment]:
    """What nobody planned: a count that finds a little more or less, something that broke."""
    little = _whole(ware, ware.monthly / 20)
    if turn % 6 == 0:
        direction = Direction.ADD if turn % 4 else Direction.REMOVE
        yield Adjustment(0, direction, little, Reason.COUNT, notes="Quarterly count")
    elif turn % 11 == 0:
        yield Adjustment(0, Direction.REMOVE, little, Reason.BREAKAGE, notes="Damaged on the shelf")


def _came(ware: Ware, quantity: Decimal, month: int) -> Adjustment:
    """What comes in costs a little more every month, until it costs what it does today."""
    early = _early(ware.unit_cost)
    cost = (early + (ware.unit_cost - early) * month / len(MONTHS)).quantize(COST_PLACES)
    if ware.is_bought:
        return Adjustment(0, Direction.ADD, quantity, Reason.RECEIVED, cost, "Delivery")
    return Adjustment(0, Direction.ADD, quantity, Reason.OTHER, cost, "Made at the bench")


def _went(ware: Ware, quantity: Decimal) -> Adjustment:
    sold = ware.fields.product_type is ProductType.FINISHED_GOOD
    notes = "Sold in the shop" if sold else "Used at the bench"
    return Adjustment(0, Direction.REMOVE, quantity, Reason.OTHER, notes=notes)


def _early(unit_cost: Decimal) -> Decimal:
    """What a unit cost a year ago."""
    return (unit_cost * Decimal("0.93")).quantize(COST_PLACES)


def _whole(ware: Ware, quantity: Decimal) -> Decimal:
    """The quantity as people would write it down: pieces whole, all else to a quarter; never nothing."""
    step = Decimal(1) if ware.fields.unit in ("pcs", "ml") else Decimal("0.25")
    return max((quantity / step).to_integral_value() * step, step)


def _moment(now: datetime, days_ago: int, place: int) -> datetime:
    """A working hour that many days ago."""
    return working_day(now, days_ago) + timedelta(hours=1 + place % 5, minutes=place * 7 % 60)
