"""Pages made in a thread of their own, a little ahead, and given up without waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask, current_app

from app.extensions import db
from app.foundation.background.prefetch import WAITING, prefetched
from tests.support.processes import wait_until


def nothing() -> None:
    """Nobody minds waiting."""


def threads() -> int:
    return threading.active_count()


def test_pages_come_in_order_from_a_thread_with_a_context_of_its_own(context: Flask) -> None:
    here = (threading.get_ident(), id(db.session()))

    def pages(stop: threading.Event) -> Iterator[tuple[int, str]]:
        for number in range(50):
            assert (threading.get_ident(), id(db.session())) != here
            yield number, current_app.name

    with prefetched(context, pages, nothing) as taken:
        assert list(taken) == [(number, context.name) for number in range(50)]


def test_the_producer_is_a_few_pages_ahead_at_most(context: Flask) -> None:
    made: list[int] = []

    def pages(stop: threading.Event) -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    with prefetched(context, pages, nothing) as taken:
        for number in taken:
            ahead = min(number + WAITING + 2, 10)
            wait_until(lambda: len(made) >= ahead, "the producer works ahead")  # noqa: B023  used at once
            assert len(made) == ahead


def test_an_error_of_the_producer_comes_after_the_pages_before_it(context: Flask) -> None:
    def pages(stop: threading.Event) -> Iterator[int]:
        yield 1
        raise ConnectionError("gone")

    taken: list[int] = []
    with pytest.raises(ConnectionError, match="gone"), prefetched(context, pages, nothing) as read:
        taken.extend(read)
    assert taken == [1]


def test_the_consumer_is_asked_about_twice_a_second_whether_it_still_waits(context: Flask) -> None:
    asked: list[float] = []

    def pages(stop: threading.Event) -> Iterator[int]:
        stop.wait(30)
        yield 1

    def give_up() -> None:
        asked.append(time.monotonic())
        if len(asked) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError), prefetched(context, pages, give_up) as read:
        list(read)
    assert 0.4 < asked[1] - asked[0] < 3


def test_whoever_leaves_does_not_wait_for_the_producer(context: Flask) -> None:
    before = threads()
    told = threading.Event()
    release = threading.Event()

    def pages(stop: threading.Event) -> Iterator[int]:
        yield 1
        stop.wait(30)
        told.set()
        release.wait(30)

    with prefetched(context, pages, nothing) as read:
        assert next(read) == 1
    assert told.wait(10)
    assert threads() == before + 1, "the producer is still in its request"
    release.set()
    wait_until(lambda: threads() == before, "the producer ends")


def test_a_producer_with_a_page_that_nobody_takes_ends(context: Flask) -> None:
    before = threads()
    closed = threading.Event()

    def pages(stop: threading.Event) -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.set()

    with prefetched(context, pages, nothing) as read:
        assert next(read) == 0
    wait_until(lambda: threads() == before, "the producer ends")
    assert closed.is_set()
