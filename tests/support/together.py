"""Things that happen at the same moment, each in a thread and on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from app.foundation.errors import LotledgerError


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """What each work returned when all began at once, in their order, or the error that refused it."""
    start = Barrier(len(works))

    def done(work: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return work()
            except LotledgerError as error:
                return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(done, works))


def together(app: Flask, *works: Callable[[], Any]) -> list[str]:
    """How each work ended when all began at once: "done", or the name of the error that refused it.

    Sorted, since nobody knows who was first.
    """
    ended = at_once(app, *works)
    return sorted(type(each).__name__ if isinstance(each, LotledgerError) else "done" for each in ended)
