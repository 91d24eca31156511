"""What stands before the application: trace ids, the request log, and injected faults."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.sandbox.faultanswers import Exchange, answer, parts
from app.sandbox.requestlog import LoggedRequest
from app.sandbox.state import State

PROVIDER_PATHS = ("/v3/", "/oauth2/", "/v2/", "/connect/")
_NEVER_FAULTED = "/connect/"

ENTRY = "sandbox.entry"
"""Key of the log entry in the WSGI environment, so that the application can add a note."""


class Front:
    """Passes requests on. Those for the provider's own addresses are logged, and may meet a fault."""

    def __init__(self, application: WSGIApplication, state: State) -> None:
        self._application = application
        self._state = state

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        tid = f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"

        def traced(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start(status, [*headers, ("intuit_tid", tid)], exc_info)

        if not path.startswith(PROVIDER_PATHS):
            return self._application(environ, traced)
        return self._logged(environ, traced, tid)

    def _logged(self, environ: WSGIEnvironment, start: StartResponse, tid: str) -> Iterator[bytes]:
        method, path, query = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]
        with self._state.lock:
            entry = self._state.log.arrived(method, path, query, environ.get("HTTP_USER_AGENT", ""), tid)
            fault = None if path.startswith(_NEVER_FAULTED) else self._state.faults.next(method, path, query)
        environ[ENTRY] = entry

        def answered(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            with self._state.lock:
                self._state.log.answered(entry, int(status[:3]))
            return start(status, headers, exc_info)

        try:
            if fault is None:
                yield from parts(self._application, environ, answered)
            else:
                entry.fault = fault.kind.value
                yield from answer(Exchange(fault, self._application, environ, answered))
        finally:
            with self._state.lock:
                self._state.log.left()


def note(environ: WSGIEnvironment, text: str) -> None:
    """The request's log entry says `text` as well."""
    entry: LoggedRequest | None = environ.get(ENTRY)
    if entry is not None:
        entry.note = text
