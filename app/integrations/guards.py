"""What rooms above keep about a connection's records, asked before it is changed (OQ-51, INV-6)."""

from __future__ import annotations

from collections.abc import Callable

LinkCounter = Callable[[int], int]
"""Given a connection's id: how many products are linked to its items."""
UnlinkedCounter = Callable[[int], int]
"""Given a connection's id: how many products in use are not linked to any of its items."""
LinkDropper = Callable[[int], int]
"""Given a connection's id: drops those links in the current transaction; returns how many."""

_counters: list[LinkCounter] = []
_unlinked_counters: list[UnlinkedCounter] = []
_droppers: list[LinkDropper] = []


def register_link_counter(counter: LinkCounter) -> None:
    """`counter` is asked from now on; registering it again changes nothing."""
    if counter not in _counters:
        _counters.append(counter)


def register_unlinked_counter(counter: UnlinkedCounter) -> None:
    """`counter` is asked from now on; registering it again changes nothing."""
    if counter not in _unlinked_counters:
        _unlinked_counters.append(counter)


def register_link_dropper(dropper: LinkDropper) -> None:
    """`dropper` is called from now on; registering it again changes nothing."""
    if dropper not in _droppers:
        _droppers.append(dropper)


def count_links(connection_id: int) -> int:
    """How many products are linked to items of the connection."""
    return sum(counter(connection_id) for counter in _counters)


def count_unlinked(connection_id: int) -> int:
    """How many products in use have no item of the connection."""
    return sum(counter(connection_id) for counter in _unlinked_counters)


def drop_links(connection_id: int) -> int:
    """The links are gone once the current transaction commits; returns how many there were."""
    return sum(dropper(connection_id) for dropper in _droppers)
