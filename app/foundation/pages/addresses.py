"""Addresses of our own pages where there are many of them: `url_for` takes longer than the rest of a cell."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for

from app.foundation.pages.once import once

STAND_IN = 10**17
"""Stands for the number of a row in the address that all rows share."""
MOST_KEPT = 1000


def row_urls(endpoint: str, name: str, **others: Any) -> Callable[[int], str]:
    """For the rows of a list: given a number, what `url_for` makes of `endpoint` with it as `name`."""
    shared = url_for(endpoint, **(others | {name: STAND_IN}))
    before, _, after = shared.partition(str(STAND_IN))
    return lambda number: f"{before}{number:d}{after}"


def row_url(endpoint: str, name: str, number: int) -> str:
    """The same for one row, where rows are drawn one by one."""
    return once(f"addresses of {endpoint}", lambda: row_urls(endpoint, name))(number)


def page_url(endpoint: str, **values: Any) -> str:
    """What `url_for` makes of `endpoint`; kept for the pages to come, since every page leads to the same."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the app itself, not its proxy
    return _built(app, request.script_root, endpoint, tuple(values.items()))


@lru_cache(MOST_KEPT)
def _built(app: Flask, _root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    """The address, as it is below `_root`."""
    return app.url_for(endpoint, **dict(values))
