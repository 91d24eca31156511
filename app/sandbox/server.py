"""A small threaded HTTP/1.1 server for WSGI applications.

Unlike the development servers at hand it keeps connections open, as Intuit does, and sends an answer at once,
without waiting until the client has acknowledged the headers. An application that raises `ConnectionError`,
before or in the middle of its answer, has the connection closed there and then: so answers are cut off.
"""

import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

LARGEST_BODY = 16 * 1024 * 1024


class WsgiServer(ThreadingHTTPServer):
    """Listens once constructed; `serve_forever` answers. One thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, application: WSGIApplication, host: str, port: int) -> None:
        super().__init__((host, port), WsgiHandler)
        self.application = application

    @property
    def url(self) -> str:
        """Address at which this server answers, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stays quiet about clients that went away; anything else is reported."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class WsgiHandler(BaseHTTPRequestHandler):
    """Carries requests of one connection to the application."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 75
    server: WsgiServer

    def log_message(self, *_arguments: Any) -> None:
        """Nothing: the sandbox keeps its own request log."""

    def handle_one_request(self) -> None:
        """Answers the next request of this connection, whatever its method."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._answer()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _answer(self) -> None:
        written = self.headers.get("Content-Length") or "0"
        if not (written.isascii() and written.isdigit()):
            self.close_connection = True
            self.send_error(400)
            return
        length = int(written)
        if length > LARGEST_BODY or "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.close_connection = True
            self.send_error(413)
            return
        answer = _Answer(self)
        parts = self.server.application(self._environ(self.rfile.read(length)), answer.start)
        try:
            answer.send(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            if name.lower() not in ("content-type", "content-length"):
                environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ


class _Answer:
    """One answer on its way: status line, headers, and the body's parts as they come."""

    def __init__(self, handler: WsgiHandler) -> None:
        self._handler = handler
        self._status = ""
        self._headers: list[tuple[str, str]] = []

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        self._status, self._headers = status, headers
        return self._handler.wfile.write

    def send(self, parts: Iterable[bytes]) -> None:
        """Awaits the first part before the head goes out: only then is `start` sure to have been called."""
        rest = iter(parts)
        first = next(rest, b"")
        bodiless = self._handler.command == "HEAD" or self._status[:3] in ("204", "304")
        chunked = not bodiless and self._length_unknown()
        self._write(self._head(chunked) + (b"" if bodiless else _framed(first, chunked)))
        for part in () if bodiless else rest:
            self._write(_framed(part, chunked))
        self._write(b"0\r\n\r\n" if chunked else b"")

    def _length_unknown(self) -> bool:
        return not any(name.lower() == "content-length" for name, _ in self._headers)

    def _head(self, chunked: bool) -> bytes:
        handler = self._handler
        lines = [f"HTTP/1.1 {self._status}", f"Date: {handler.date_time_string()}", "Server: Sandbox"]
        lines += [f"{name}: {value}" for name, value in self._headers]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        lines.append("Connection: " + ("close" if handler.close_connection else "keep-alive"))
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _write(self, data: bytes) -> None:
        if data:
            self._handler.wfile.write(data)


def _framed(part: bytes, chunked: bool) -> bytes:
    """An empty chunk would end the body, so an empty part sends nothing."""
    return b"%x\r\n%s\r\n" % (len(part), part) if chunked and part else part
