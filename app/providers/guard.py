"""Network guard: an answer arrives whole, within a deadline and a size, or not at all.

A read timeout bounds the silence between two bytes, not the sum: a server that drips a byte a second, in the
headers or in the body, would hold a worker for hours. So a timer cuts the connection when the total time is
over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from io import BytesIO
from ipaddress import ip_address
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.response import HTTPResponse

from app.foundation.version import VERSION
from app.providers.errors import Rejected
from app.providers.options import TransportOptions

CHUNK = 64 * 1024


class DeadlinePassed(requests.Timeout):
    """The whole answer did not arrive in the total time."""


class AnswerTooLong(requests.RequestException):
    """The answer is larger than the bound; the rest was not read."""


class Deadline:
    """While the block runs, a timer stands ready to cut the connection that the block uses."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._outer = _deadline.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _deadline.reset(self._outer)

    def watch(self, connected: socket.socket | None) -> None:
        """The deadline cuts this connection."""
        self._socket = connected
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        self.passed = True
        if isinstance(self._socket, socket.socket):
            # The plain socket's method, since a TLS socket's takes its state apart under the reader's hands.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def _watch(connection: HTTPConnection) -> None:
    deadline = _deadline.get()
    if deadline is not None:
        deadline.watch(connection.sock)


class _PlainConnection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself has it
        _watch(self)
        return super().getresponse()


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself has it
        _watch(self)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class GuardedAdapter(HTTPAdapter):
    """A requests adapter that hands over answers only when they are whole, in time and of reasonable size."""

    def __init__(self, total_timeout: float, max_bytes: int) -> None:
        super().__init__(pool_connections=2, pool_maxsize=10, max_retries=0)
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As the base class does, with connections that a deadline can cut."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As the base class does, with connections that a deadline can cut."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002  always streamed inside and whole outside
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, its whole body in memory; raises DeadlinePassed, AnswerTooLong or as requests does."""
        with Deadline(self._total_timeout) as deadline:
            try:
                response = super().send(request, True, timeout, verify, cert, proxies)
                body = read_whole(response, self._max_bytes)
            except requests.RequestException as error:
                if deadline.passed:
                    raise DeadlinePassed("The answer took too long.", request=request) from error
                raise
        if deadline.passed:  # the cut may look like the regular end of an answer without a length
            raise DeadlinePassed("The answer took too long.", request=request)
        response.raw = BytesIO(body)
        return response


def read_whole(response: requests.Response, max_bytes: int) -> bytes:
    """The unpacked body; raises AnswerTooLong as soon as it is known to exceed `max_bytes`."""
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > max_bytes:
        response.close()
        raise AnswerTooLong("The announced length is too large.", response=response)
    try:
        return _collected(response.raw.stream(CHUNK, decode_content=True), max_bytes)
    except requests.RequestException:
        response.close()
        raise
    except DecodeError as error:
        response.close()
        raise requests.exceptions.ContentDecodingError(error, response=response) from error
    except HTTPError as error:
        response.close()
        raise requests.ConnectionError(error, response=response) from error


def _collected(parts: Iterable[bytes], max_bytes: int) -> bytes:
    taken, length = [], 0
    for part in parts:
        taken.append(part)
        length += len(part)
        if length > max_bytes:
            raise AnswerTooLong("The answer is too long.")
    return b"".join(taken)


def guard(session: requests.Session, options: TransportOptions) -> None:
    """The session is guarded, compresses, says who we are, and keeps no cookies."""
    adapter = GuardedAdapter(options.total_timeout, options.max_bytes)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers.update({"User-Agent": f"Lotledger/{VERSION}", "Accept-Encoding": "gzip"})


def require_secure(url: str) -> str:
    """The same address, which is https or on this machine; raises Rejected for any other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return url
    raise Rejected(
        "insecure-address",
        f"Lotledger sends nothing to {parts.scheme}://{host}, since accounting data must travel over https.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
