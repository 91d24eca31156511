"""Answers that are too long, too slow, or never come."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.providers.errors import MalformedResponse, TemporarilyUnavailable, UnreadableResponse
from app.providers.options import MIB
from tests.providers.conftest import Books
from tests.support.stub_server import StubServer, body, bomb, drip, flood, raw, reply, silence

COUNT = reply({"QueryResponse": {"totalCount": 7}})


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block ends in this time."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@pytest.mark.parametrize(
    "answer",
    [flood(200, announce=True), flood(200, announce=False), bomb(200)],
    ids=["announced", "streamed", "compressed"],
)
def test_200_megabytes_are_not_read(stub: StubServer, books: Books, answer: object) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stub.then(answer)  # type: ignore[arg-type]
    with within(20), pytest.raises(MalformedResponse, match="more than 32 MiB"):
        books(total_timeout=30).count_items()
    assert len(stub.received) == 1
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    )  # the stub's own bomb included


def test_the_bound_itself_is_allowed(stub: StubServer, books: Books) -> None:
    document = b'{"QueryResponse": {"totalCount": 7}}'
    stub.then(body(document.ljust(MIB)), body(document.ljust(MIB + 1)))
    assert books(max_bytes=MIB).count_items() == 7
    with pytest.raises(MalformedResponse, match="more than 1 MiB"):
        books(max_bytes=MIB).count_items()


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["status", "headers", "body", "body-without-length"],
)
def test_a_dripping_answer_is_cut_at_the_deadline(stub: StubServer, books: Books, start: bytes) -> None:
    stub.otherwise(drip(start))
    with within(3), pytest.raises(TemporarilyUnavailable, match="too long to answer"):
        books(total_timeout=0.5, attempts=2).count_items()
    assert len(stub.received) == 2


def test_silence_ends_at_the_read_timeout(stub: StubServer, books: Books) -> None:
    stub.otherwise(silence())
    with within(3), pytest.raises(TemporarilyUnavailable, match="too long to answer"):
        books(read_timeout=0.3, attempts=2).count_items()


def test_after_a_cut_the_next_try_is_whole(stub: StubServer, books: Books) -> None:
    stub.then(drip(b"HTTP/1.1 200 OK\r\n\r\n"), COUNT)
    assert books(total_timeout=0.5).count_items() == 7


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"),
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n{}"),
        raw(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n{}"),
        raw(b"\x16\x03\x01\x00"),
    ],
    ids=["bad-chunk", "cut-chunk", "no-http", "many-headers", "long-header", "tls"],
)
def test_broken_http_is_unavailable(stub: StubServer, books: Books, answer: object) -> None:
    stub.otherwise(answer)  # type: ignore[arg-type]
    with pytest.raises(TemporarilyUnavailable):
        books(attempts=2).count_items()


def test_a_broken_compression_is_unreadable(stub: StubServer, books: Books) -> None:
    stub.otherwise(body(b"this is not gzip", Content_Encoding="gzip"))
    with pytest.raises(UnreadableResponse, match="unpacked"):
        books(attempts=2).count_items()
