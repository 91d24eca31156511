"""Which products are made of which: cycles and depth (BOM-5…7), from plain data.

`Uses` says for each product with a BOM which components it has. It is free of cycles before a change, since
every change is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Uses = Mapping[int, Collection[int]]

MOST_LEVELS = 10


def path_down(uses: Uses, start: int, goal: int) -> list[int] | None:
    """The products on a way from `start` down to `goal`, both included; None when there is none."""
    came_from: dict[int, int] = {}
    waiting = [start]
    seen = {start}
    while waiting:
        product = waiting.pop()
        if product == goal:
            return _retraced(came_from, start, goal)
        for component in uses.get(product, ()):
            if component not in seen:
                seen.add(component)
                came_from[component] = product
                waiting.append(component)
    return None


def levels_below(uses: Uses, product: int) -> int:
    """How many BOMs deep a product is: 0 without a BOM, 1 when none of its components has one."""
    return _longest(product, lambda each: uses.get(each, ()), lambda each: each in uses)


def levels_above(uses: Uses, product: int) -> int:
    """How many BOMs deep a product lies in others, at most; 0 when nothing is made of it."""
    users: dict[int, list[int]] = {}
    for user, components in uses.items():
        for component in components:
            users.setdefault(component, []).append(user)
    return _longest(product, lambda each: users.get(each, ()), lambda each: each in users)


def _retraced(came_from: Mapping[int, int], start: int, goal: int) -> list[int]:
    path = [goal]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def _longest(start: int, following: Callable[[int], Collection[int]], counts: Callable[[int], bool]) -> int:
    """The most products that count on any way from `start`; each product is looked at once."""
    known: dict[int, int] = {}

    def length(product: int) -> int:
        if product not in known:
            after = max((length(each) for each in following(product)), default=0)
            known[product] = after + 1 if counts(product) else 0
        return known[product]

    return length(start)
