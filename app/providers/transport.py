"""One request to an accounting system: token, turn, answer, verdict, and another try where that is safe."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
import structlog
from urllib3.exceptions import HTTPError

from app.providers.base import Throttle
from app.providers.documents import Seen
from app.providers.errors import (
    MalformedResponse,
    ProviderError,
    Rejected,
    TemporarilyUnavailable,
    TokenRefused,
    UnreadableResponse,
)
from app.providers.guard import AnswerTooLong, guard, require_secure
from app.providers.oauth import TokenSource
from app.providers.options import MIB, TransportOptions
from app.providers.retry import Pause, delay

LONGEST_TRACE_ID = 100


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked. Only a `repeatable` call is tried again: a read, or a write with an idempotency key.

    `rows_of` names the list in the answer whose records are wanted together with their own text, unless its
    digest is among those `seen`.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    document: Mapping[str, Any] | None = None
    repeatable: bool = True
    rows_of: str | None = None
    seen: Seen = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole but not yet understood."""

    method: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    trace_id: str | None
    rows_of: str | None = None
    seen: Seen = ()

    @property
    def redirects(self) -> bool:
        """Whether we are sent elsewhere, where we do not go."""
        return HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that the provider's own words found good."""

    document: Any
    trace_id: str | None


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between providers: the name for people, the header with the trace id, and the verdict.

    `judge` returns the document of a good answer and raises the ProviderError of any other.
    """

    name: str
    trace_header: str
    judge: Callable[[Answer], Any]


class _Bearer(requests.auth.AuthBase):
    """Puts the token into the header, past any password that a .netrc file may hold for the host."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """Carries one connection's calls over pooled network connections; safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        dialect: Dialect,
        tokens: TokenSource,
        throttle: Throttle,
        options: TransportOptions,
    ) -> None:
        self._base_url = require_secure(base_url)
        self._dialect = dialect
        self._tokens = tokens
        self._throttle = throttle
        self._options = options
        self._pause = Pause(options)
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        # The environment's proxies and certificates, looked up once rather than for each call.
        facts = self._session.merge_environment_settings(base_url, {}, None, None, None)
        self._session.proxies, self._session.verify = facts["proxies"], facts["verify"]
        self._session.trust_env = False
        guard(self._session, options)

    def send(self, call: Call) -> Reply:
        """The provider's reply; raises a ProviderError once trying again is no use or not safe."""
        attempt = 1
        while True:
            self._pause.check()
            try:
                return self._with_token(call, attempt)
            except ProviderError as error:
                if not (error.passing and call.repeatable and attempt < self._options.attempts):
                    raise
                self._pause.wait(delay(error, attempt, self._options))
            attempt += 1

    def close(self) -> None:
        """The pooled connections are closed."""
        self._session.close()

    def _with_token(self, call: Call, attempt: int) -> Reply:
        """One try, and one more with a newer token if this one is refused (then nothing was done)."""
        token = self._tokens.current()
        try:
            return self._in_turn(call, token, attempt)
        except TokenRefused:
            token = self._tokens.renew(token)
        return self._in_turn(call, token, attempt)

    def _in_turn(self, call: Call, token: str, attempt: int) -> Reply:
        started = time.monotonic()
        answer: Answer | None = None
        outcome = "failed"
        try:
            with self._throttle.slot(self._pause.wait):
                started = time.monotonic()
                answer = self._exchange(call, token)
            reply = Reply(self._dialect.judge(answer), answer.trace_id)
            outcome = "ok"
        except ProviderError as error:
            outcome = type(error).__name__
            raise
        finally:
            structlog.get_logger().info(
                "provider_call",
                provider=self._dialect.name,
                method=call.method,
                path=call.path,
                status=answer.status if answer else None,
                milliseconds=round((time.monotonic() - started) * 1000),
                attempt=attempt,
                trace_id=answer.trace_id if answer else None,
                outcome=outcome,
            )
        return reply

    def _exchange(self, call: Call, token: str) -> Answer:
        try:
            response = self._session.request(
                call.method,
                f"{self._base_url}{call.path}",
                params=dict(call.params),
                json=call.document,
                auth=_Bearer(token),
                timeout=(self._options.connect_timeout, self._options.read_timeout),
                allow_redirects=False,
            )
        except (requests.ConnectionError, requests.Timeout, HTTPError) as error:
            raise network_error(error, self._dialect.name, self._options) from error
        except (requests.RequestException, ValueError) as error:
            # Unchained: the text of some of these errors quotes the headers, and so the token.
            raise network_error(error, self._dialect.name, self._options) from None
        return answer_of(response, self._dialect, call)


def answer_of(response: requests.Response, dialect: Dialect, call: Call | None = None) -> Answer:
    """What came back, with the provider's trace id made fit for a log line."""
    text = response.headers.get(dialect.trace_header, "")
    trace_id = "".join(letter for letter in text if letter.isascii() and letter.isprintable())
    return Answer(
        method=response.request.method or "GET",
        status=response.status_code,
        headers=response.headers,
        body=response.content,
        trace_id=trace_id[:LONGEST_TRACE_ID] or None,
        rows_of=call.rows_of if call else None,
        seen=call.seen if call else (),
    )


def network_error(error: Exception, name: str, options: TransportOptions) -> ProviderError:
    """Why no answer came, as one of our errors."""
    if isinstance(error, AnswerTooLong):
        return MalformedResponse(
            f"{name} sent more than {options.max_bytes / MIB:g} MiB in one answer. Nothing of it was used."
        )
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return UnreadableResponse(f"{name} sent an answer that cannot be unpacked. Nothing of it was used.")
    if isinstance(error, requests.ConnectionError | requests.Timeout | HTTPError):
        return TemporarilyUnavailable(_no_answer(error, name, options))
    return Rejected("request", f"Lotledger could not put its request to {name} into words that can be sent.")


def _no_answer(error: Exception, name: str, options: TransportOptions) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return f"No secure connection to {name} could be made: its certificate or the network failed."
    if isinstance(error, requests.ConnectTimeout):
        return f"{name} could not be reached in {options.connect_timeout:g} seconds."
    if isinstance(error, requests.Timeout):
        return f"{name} took too long to answer. Try again in a few minutes."
    return f"{name} could not be reached, or the connection broke. Try again in a few minutes."
