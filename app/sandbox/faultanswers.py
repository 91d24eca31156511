"""What each kind of injected fault answers."""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.sandbox.envelopes import JSON, ApiFault, throttled, to_json, token_refused
from app.sandbox.faults import Fault, Kind

MEGABYTE = 1024 * 1024
STEP = 0.25
"""Seconds between two bits of a trickling answer."""
HTML = "text/html;charset=utf-8"
SORRY = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Service unavailable</h1></body></html>"
)

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Exchange:
    """A request that meets a fault, and the application that would have answered it."""

    fault: Fault
    application: WSGIApplication
    environ: WSGIEnvironment
    start: StartResponse

    def carry_out(self) -> tuple[str, Headers, bytes]:
        """The application's whole answer: status, headers, body."""
        started: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda _data: None

        body = b"".join(parts(self.application, self.environ, start))
        return *started[-1], body

    def answer(self, status: str, content_type: str, body: bytes, *more: tuple[str, str]) -> Iterator[bytes]:
        """A whole answer in place of the application's."""
        self.start(status, [("Content-Type", content_type), _length(body), *more])
        yield body


def parts(application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
    """The application's answer, part by part, closed at the end as WSGI wants it."""
    answer = application(environ, start)
    try:
        yield from answer
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def answer(exchange: Exchange) -> Iterator[bytes]:
    """Answers as the fault will have it. Raises ConnectionError where the connection is to break."""
    kind = exchange.fault.kind
    if exchange.fault.processed and kind not in (Kind.slow, Kind.trickle, Kind.cut):
        exchange.carry_out()
    return _ANSWERS[kind](exchange)


def _slow(exchange: Exchange) -> Iterator[bytes]:
    time.sleep(exchange.fault.seconds)
    status, headers, body = exchange.carry_out()
    exchange.start(status, headers)
    yield body


def _trickle(exchange: Exchange) -> Iterator[bytes]:
    """Something arrives every quarter of a second, so that a timeout between two reads never strikes."""
    status, headers, body = exchange.carry_out()
    exchange.start(status, headers)
    steps = max(1, int(exchange.fault.seconds / STEP))
    size = -(-len(body) // steps) or 1
    for position in range(0, len(body), size):
        time.sleep(STEP)
        yield body[position : position + size]


def _cut(exchange: Exchange) -> Iterator[bytes]:
    status, headers, body = exchange.carry_out()
    exchange.start(
        status, [*(pair for pair in headers if pair[0].lower() != "content-length"), _length(body)]
    )
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("cut off, as asked")


def _rate_limit(exchange: Exchange) -> Iterator[bytes]:
    body = to_json(throttled(None).body).encode()
    return exchange.answer("429 Too Many Requests", JSON, body, *_retry_after(exchange.fault))


def _unavailable(exchange: Exchange) -> Iterator[bytes]:
    return exchange.answer("503 Service Unavailable", HTML, SORRY, *_retry_after(exchange.fault))


def _unauthorized(exchange: Exchange) -> Iterator[bytes]:
    refused = token_refused("Token expired: refused, as asked")
    return exchange.answer("401 Unauthorized", JSON, to_json(refused.body).encode(), *refused.headers.items())


def _server_error(exchange: Exchange) -> Iterator[bytes]:
    message = "An application error has occurred while processing your request"
    fault = ApiFault("10000", message, "System Failure Error: failed, as asked", status=500)
    return exchange.answer("500 Internal Server Error", JSON, to_json(fault.body).encode())


def _fault_in_200(exchange: Exchange) -> Iterator[bytes]:
    message = "A business validation error has occurred while processing your request"
    fault = ApiFault("6000", message, "Business Validation Error: refused, as asked")
    return exchange.answer("200 OK", JSON, to_json(fault.body).encode())


def _huge(exchange: Exchange) -> Iterator[bytes]:
    """Valid as far as one reads; no length is declared."""
    exchange.start("200 OK", [("Content-Type", JSON)])
    yield b'{"QueryResponse":{"Item":[{"Id":"1","Name":"'
    for _ in range(exchange.fault.megabytes):
        yield b"A" * MEGABYTE
    yield b'"}]}}'


def _bomb(exchange: Exchange) -> Iterator[bytes]:
    """Gzip members behind one another are one stream, so a single megabyte needs compressing."""
    member = gzip.compress(b" " * MEGABYTE)
    exchange.start("200 OK", [("Content-Type", JSON), ("Content-Encoding", "gzip")])
    for _ in range(exchange.fault.megabytes):
        yield member


def _silent(exchange: Exchange) -> Iterator[bytes]:
    time.sleep(exchange.fault.seconds)
    raise ConnectionAbortedError("no answer, as asked")


def _dropped(exchange: Exchange) -> Iterator[bytes]:
    raise ConnectionAbortedError(f"{exchange.fault.kind}, as asked")


def _body(content_type: str, body: bytes) -> Callable[[Exchange], Iterator[bytes]]:
    """A 200 with this body, whatever was asked."""
    return lambda exchange: exchange.answer("200 OK", content_type, body)


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def _retry_after(fault: Fault) -> Headers:
    return [] if fault.retry_after is None else [("Retry-After", str(fault.retry_after))]


_ANSWERS: dict[Kind, Callable[[Exchange], Iterator[bytes]]] = {
    Kind.rate_limit: _rate_limit,
    Kind.server_error: _server_error,
    Kind.unavailable: _unavailable,
    Kind.unauthorized: _unauthorized,
    Kind.slow: _slow,
    Kind.trickle: _trickle,
    Kind.cut: _cut,
    Kind.empty: _body(JSON, b""),
    Kind.html: _body(HTML, SORRY),
    Kind.not_json: _body(JSON, b'{"QueryResponse":{"Item":[{"Id":'),
    Kind.wrong_json: _body(JSON, b'[{"QueryResponse":"none"},7]'),
    Kind.fault_in_200: _fault_in_200,
    Kind.huge: _huge,
    Kind.bomb: _bomb,
    Kind.silent: _silent,
    Kind.dropped: _dropped,
}
