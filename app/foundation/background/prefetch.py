"""Working on one page while the next is on its way."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import TypeVar

from flask import Flask

Page = TypeVar("Page")

IDLE_SECONDS = 0.5
WAITING = 2
"""Pages that may wait, so that neither thread stands still when a page takes the other one longer."""
SHORT_TURN = 0.0005
"""Seconds; Python's own 5 ms make whoever waits for the network or the database wait for the other thread,
too, each time that an answer has come."""


class _End:
    """The last thing on the queue: why the producer stopped."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


@contextmanager
def prefetched(
    app: Flask, produce: Callable[[threading.Event], Iterator[Page]], on_idle: Callable[[], None]
) -> Iterator[Iterator[Page]]:
    """The pages of `produce`, in order, made in a thread that is a few pages ahead at most.

    The thread has an application context of its own, hence a database session of its own. `on_idle` is
    called about twice a second while the next page is awaited, and may raise to give up. When the block
    ends, for whatever reason, the event that `produce` was given is set, and the thread is not waited for:
    it may be in a request.
    """
    queue: Queue[Page | _End] = Queue(maxsize=WAITING)
    stop = threading.Event()
    thread = threading.Thread(target=_fill, args=(app, produce, queue, stop), daemon=True)
    thread.start()
    turn = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield _drain(queue, on_idle)
    finally:
        sys.setswitchinterval(turn)
        stop.set()


def _fill(
    app: Flask,
    produce: Callable[[threading.Event], Iterator[Page]],
    queue: Queue[Page | _End],
    stop: threading.Event,
) -> None:
    end = _End(None)
    try:
        with app.app_context():
            for page in produce(stop):
                if not _put(queue, page, stop):
                    return
    except BaseException as error:
        end = _End(error)
    _put(queue, end, stop)


def _put(queue: Queue[Page | _End], thing: Page | _End, stop: threading.Event) -> bool:
    """Whether `thing` was taken before the consumer went away."""
    while not stop.is_set():
        try:
            queue.put(thing, timeout=IDLE_SECONDS)
        except Full:
            continue
        return True
    return False


def _drain(queue: Queue[Page | _End], on_idle: Callable[[], None]) -> Iterator[Page]:
    while True:
        try:
            thing = queue.get(timeout=IDLE_SECONDS)
        except Empty:
            on_idle()
            continue
        if isinstance(thing, _End):
            if thing.error is not None:
                raise thing.error
            return
        yield thing
