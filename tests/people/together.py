"""Things that happen at the same moment, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

from app.foundation.errors import LotledgerError


def together(app: Flask, *works: Callable[[], object]) -> list[str]:
    """How each work ended when all began at once: "done", or the name of the error that refused it."""
    start = threading.Barrier(len(works))
    results: list[str] = []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                work()
                results.append("done")
            except LotledgerError as error:
                results.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)
