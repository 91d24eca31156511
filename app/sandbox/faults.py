"""Injected faults: what the next requests meet in place of, or on the way to, their answer."""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import unquote_plus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.sandbox.envelopes import JSON, ApiFault, throttled, to_json, token_refused

CHUNK = 1024 * 1024
HTML = "text/html;charset=utf-8"
SORRY = (
    b"<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Sorry</h1></body></html>"
)


class Kind(StrEnum):
    """What goes wrong."""

    rate_limit = "rate_limit"
    server_error = "server_error"
    unavailable = "unavailable"
    unauthorized = "unauthorized"
    slow = "slow"
    trickle = "trickle"
    cut = "cut"
    empty = "empty"
    html = "html"
    not_json = "not_json"
    wrong_json = "wrong_json"
    fault_in_200 = "fault_in_200"
    huge = "huge"
    bomb = "bomb"
    silent = "silent"
    dropped = "dropped"


DESCRIPTIONS = {
    Kind.rate_limit: "429, too many requests",
    Kind.server_error: "500, system failure",
    Kind.unavailable: "503 with an HTML page",
    Kind.unauthorized: "401, access token refused",
    Kind.slow: "slow: the answer comes S seconds late",
    Kind.trickle: "trickling: the answer takes S seconds, bit by bit",
    Kind.cut: "cut off in the middle of the body",
    Kind.empty: "empty body",
    Kind.html: "HTML in place of JSON",
    Kind.not_json: "broken JSON",
    Kind.wrong_json: "JSON of another shape",
    Kind.fault_in_200: "fault inside a 200",
    Kind.huge: "huge body, 200 MB",
    Kind.bomb: "200 MB, compressed to little",
    Kind.silent: "no answer at all for S seconds",
    Kind.dropped: "connection closed without an answer",
}


@dataclass
class Fault:
    """One fault waiting for its requests. Counts down as they come."""

    kind: Kind
    times: int = 1
    """Requests it still hits."""
    skip: int = 0
    """Matching requests it still lets pass."""
    contains: str = ""
    """Hits only requests whose `METHOD path?query`, decoded, contains this text, in any case."""
    seconds: float = 5.0
    """For slow, trickle and silent."""
    retry_after: int | None = None
    """Header of a 429 or 503; None leaves it out."""
    processed: bool = False
    """True: the request is carried out and only its answer is lost. `cut`, `slow` and `trickle` always do so."""
    megabytes: int = 200
    """For huge and bomb."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def hits(self, request: str) -> bool:
        """True when the request meets this fault; counts it."""
        if self.times <= 0 or self.contains.lower() not in request.lower():
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Faults:
    """Those that wait, oldest first. Not thread safe: callers hold the state's lock."""

    waiting: list[Fault] = field(default_factory=list)

    def next(self, method: str, path: str, query: str) -> Fault | None:
        """The fault that this request meets, counted; None when it passes."""
        request = f"{method} {path}?{unquote_plus(query)}"
        found = next((fault for fault in self.waiting if fault.hits(request)), None)
        self.waiting = [fault for fault in self.waiting if fault.times > 0]
        return found


def apply(
    fault: Fault, application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    """Answers the request as the fault will have it. Raises ConnectionError where the connection is to break."""
    if fault.kind in _ON_THE_WAY:
        return _ON_THE_WAY[fault.kind](fault, application, environ, start)
    if fault.processed:
        _collected(application, environ)
    return _IN_PLACE[fault.kind](fault, start)


def parts(application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
    """The application's answer, part by part, closed at the end as WSGI wants it."""
    answer = application(environ, start)
    try:
        yield from answer
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _collected(
    application: WSGIApplication, environ: WSGIEnvironment
) -> tuple[str, list[tuple[str, str]], bytes]:
    """The application's whole answer: status, headers, body."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda data: None

    body = b"".join(parts(application, environ, start))
    return *started[-1], body


def _slow(
    fault: Fault, application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    time.sleep(fault.seconds)
    status, headers, body = _collected(application, environ)
    start(status, headers)
    yield body


def _trickle(
    fault: Fault, application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    """Something arrives every quarter of a second, so that a timeout between two reads never strikes."""
    status, headers, body = _collected(application, environ)
    start(status, headers)
    steps = max(1, int(fault.seconds * 4))
    size = max(1, len(body) // steps)
    for position in range(0, len(body), size):
        time.sleep(0.25)
        yield body[position : position + size]


def _cut(
    fault: Fault, application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    status, headers, body = _collected(application, environ)
    start(
        status,
        [(name, value) for name, value in headers if name.lower() != "content-length"] + _length(len(body)),
    )
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("cut off, as asked")


def _plain(
    start: StartResponse, status: str, content_type: str, body: bytes, *more: tuple[str, str]
) -> Iterator[bytes]:
    start(status, [("Content-Type", content_type), *_length(len(body)), *more])
    yield body


def _length(size: int) -> list[tuple[str, str]]:
    return [("Content-Length", str(size))]


def _retry_after(fault: Fault) -> list[tuple[str, str]]:
    return [] if fault.retry_after is None else [("Retry-After", str(fault.retry_after))]


def _rate_limit(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    body = to_json(throttled(None).body).encode()
    return _plain(start, "429 Too Many Requests", JSON, body, *_retry_after(fault))


def _unauthorized(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    refused = token_refused("Token expired: refused, as asked")
    return _plain(start, "401 Unauthorized", JSON, to_json(refused.body).encode(), *refused.headers.items())


def _server_error(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    body = ApiFault(
        "10000",
        "An application error has occurred while processing your request",
        "System Failure",
        status=500,
    )
    return _plain(start, "500 Internal Server Error", JSON, to_json(body.body).encode())


def _fault_in_200(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    body = ApiFault(
        "6000", "A business validation error has occurred", "Business Validation Error: refused, as asked"
    )
    return _plain(start, "200 OK", JSON, to_json(body.body).encode())


def _huge(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    """Valid as far as one reads; no length is declared."""
    start("200 OK", [("Content-Type", JSON)])
    yield b'{"QueryResponse":{"Item":[{"Id":"1","Name":"'
    for _ in range(fault.megabytes):
        yield b"A" * CHUNK
    yield b'"}]}}'


def _bomb(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    """Several gzip members behind one another are one stream, so that one megabyte is compressed but once."""
    member = gzip.compress(b" " * CHUNK)
    start("200 OK", [("Content-Type", JSON), ("Content-Encoding", "gzip")])
    for _ in range(fault.megabytes):
        yield member


def _silent(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    time.sleep(fault.seconds)
    raise ConnectionAbortedError("no answer, as asked")


def _dropped(fault: Fault, start: StartResponse) -> Iterator[bytes]:
    raise ConnectionAbortedError("dropped, as asked")


_ON_THE_WAY = {Kind.slow: _slow, Kind.trickle: _trickle, Kind.cut: _cut}

_IN_PLACE: dict[Kind, Callable[[Fault, StartResponse], Iterator[bytes]]] = {
    Kind.rate_limit: _rate_limit,
    Kind.server_error: _server_error,
    Kind.unauthorized: _unauthorized,
    Kind.unavailable: lambda fault, start: _plain(
        start, "503 Service Unavailable", HTML, SORRY, *_retry_after(fault)
    ),
    Kind.empty: lambda fault, start: _plain(start, "200 OK", JSON, b""),
    Kind.html: lambda fault, start: _plain(start, "200 OK", HTML, SORRY),
    Kind.not_json: lambda fault, start: _plain(start, "200 OK", JSON, b'{"QueryResponse":{"Item":[{"Id":'),
    Kind.wrong_json: lambda fault, start: _plain(start, "200 OK", JSON, b'[{"QueryResponse":"none"},7]'),
    Kind.fault_in_200: _fault_in_200,
    Kind.huge: _huge,
    Kind.bomb: _bomb,
    Kind.silent: _silent,
    Kind.dropped: _dropped,
}
