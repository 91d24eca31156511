"""Who leads on a product's quantity when it is not we: asked before anybody changes it by hand (ADJ-1)."""

from __future__ import annotations

from collections.abc import Callable

Leader = Callable[[int], str | None]
"""Given a product's id: None, or the whole sentence that says who leads and where to change the quantity.

Nobody is asked while lots are on, which lead on every quantity.
"""

_leaders: list[Leader] = []


def register_leader(leader: Leader) -> None:
    """`leader` is asked from now on; registering it again changes nothing."""
    if leader not in _leaders:
        _leaders.append(leader)


def leader_of(product_id: int) -> str | None:
    """The sentence of the first who leads on the product's quantity; None while we lead."""
    return next((sentence for leader in _leaders if (sentence := leader(product_id))), None)
