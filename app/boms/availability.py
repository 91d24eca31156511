"""How many of each product can be built now, and what limits it (BOM-42, BOM-43)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import Select

Reservations = Callable[[], Select[tuple[int, Decimal]] | None]
"""Makes the statement of what is committed, one row for each product: `product_id` and `quantity` above zero.

None while nothing is to be subtracted, say because inventory reservation is off.
"""

_reservations: list[Reservations] = []


def register_reservations(reservations: Reservations) -> None:
    """What these commit is not available from now on; registering them again changes nothing."""
    if reservations not in _reservations:
        _reservations.append(reservations)
