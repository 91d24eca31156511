"""A server that answers whatever it is told to, however odd; for tests of what reads its answers.

An answer is a function that writes to the handler of one request. `StubServer.then` queues answers,
`otherwise` says what comes when the queue is empty.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

MIB = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.server.received.append(
            Received(
                self.command,
                parts.path,
                parse_qs(parts.query),
                dict(self.headers.items()),
                self.rfile.read(length),
            )
        )
        queue = self.server.queue
        answer = queue.popleft() if queue else self.server.fallback
        with suppress(OSError):  # the client may well have hung up on us
            answer(self)

    do_GET = do_POST = _answer  # noqa: N815  names of the standard library

    def hang_up(self) -> None:
        """The connection ends here."""
        self.close_connection = True

    @property
    def ended(self) -> threading.Event:
        return self.server.ended

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silence."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 50

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.queue: deque[Answer] = deque()
        self.received: list[Received] = []
        self.connections = 0
        self.fallback: Answer = reply({})
        self.ended = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silence: a client that hangs up is what many of these tests are about."""


Answer = Callable[[_Handler], None]


class StubServer:
    """Use in a `with`; `url` is its address, `received` what it was asked."""

    def __init__(self) -> None:
        self._server = _Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def received(self) -> list[Received]:
        return self._server.received

    @property
    def connections(self) -> int:
        """How many network connections were opened."""
        return self._server.connections

    def then(self, *answers: Answer) -> Self:
        """The next requests get these answers."""
        self._server.queue.extend(answers)
        return self

    def otherwise(self, answer: Answer) -> Self:
        """Every request that finds no answer waiting gets this one."""
        self._server.fallback = answer
        return self

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def body(content: bytes, status: int = 200, **headers: str) -> Answer:
    """These bytes with their length; a header's underscores are hyphens, but for `intuit_tid`."""

    def answer(handler: _Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name if name == "intuit_tid" else name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def reply(document: Any, status: int = 200, **headers: str) -> Answer:
    """This JSON document."""
    return body(json.dumps(document).encode(), status, **{"Content_Type": "application/json", **headers})


def html(status: int) -> Answer:
    """An edge server's page."""
    return body(
        b"<!DOCTYPE html><html><body>Something went wrong</body></html>", status, Content_Type="text/html"
    )


def raw(content: bytes) -> Answer:
    """Exactly these bytes on the wire, then the end."""

    def answer(handler: _Handler) -> None:
        handler.wfile.write(content)
        handler.hang_up()

    return answer


def cut_off(content: bytes, announced: int) -> Answer:
    """Fewer bytes than announced, then the end."""
    return raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % announced + content)


def dropped() -> Answer:
    """No answer; the connection ends."""
    return raw(b"")


def silence() -> Answer:
    """No answer; the connection stays open until the server ends."""

    def answer(handler: _Handler) -> None:
        handler.ended.wait(60)
        handler.hang_up()

    return answer


def drip(start: bytes, every: float = 0.1) -> Answer:
    """The start of an answer, then a byte now and again for ever; in the headers unless they are over."""

    def answer(handler: _Handler) -> None:
        handler.wfile.write(start)
        while not handler.ended.wait(every):
            handler.wfile.write(b"1")
        handler.hang_up()

    return answer


def flood(megabytes: int, *, announce: bool) -> Answer:
    """An answer of that size, in pieces; `announce` says its length beforehand."""

    def answer(handler: _Handler) -> None:
        handler.send_response(200)
        if announce:
            handler.send_header("Content-Length", str(megabytes * MIB))
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(megabytes):
            handler.wfile.write(b" " * MIB)

    return answer


def bomb(megabytes: int) -> Answer:
    """Few bytes that unpack to that size."""
    return body(gzip.compress(b" " * (megabytes * MIB)), Content_Encoding="gzip")
