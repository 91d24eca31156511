"""Consent, exchange, refresh and revocation, and everything that Intuit's servers may answer instead."""

from __future__ import annotations

import base64
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.providers import registry
from app.providers.errors import (
    AuthorizationLost,
    MalformedResponse,
    ProviderError,
    Rejected,
    TemporarilyUnavailable,
)
from app.providers.oauth import OAuthClient, TokenSet
from tests.providers.conftest import quick, settings_at
from tests.support.stub_server import StubServer, body, cut_off, drip, dropped, flood, html, reply, silence

CALLBACK = "https://books.example/integrations/quickbooks/callback"
GIVEN = {
    "token_type": "bearer",
    "access_token": "access-secret",
    "expires_in": 3600,
    "refresh_token": "refresh-secret-2",
    "x_refresh_token_expires_in": 8726400,
}
BASIC = "Basic " + base64.b64encode(b"client:secret").decode()


@pytest.fixture
def intuit(stub: StubServer) -> OAuthClient:
    return registry.oauth_client("quickbooks", settings_at(stub.url), quick())


def form(content: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(content.decode()).items()}


def failure(call: Any, *details: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call(*details)
    shown = "".join(traceback.format_exception(caught.value))
    for secret in ("refresh-secret", "access-secret", "the-code", BASIC):
        assert secret not in shown + repr(vars(caught.value))
    return caught.value


def test_consent_is_asked_for_the_books_only(intuit: OAuthClient, stub: StubServer) -> None:
    url = urlsplit(intuit.authorization_url(CALLBACK, "state & more"))
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{stub.url}/connect/oauth2"
    assert form(url.query.encode()) == {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": CALLBACK,
        "scope": "com.intuit.quickbooks.accounting",
        "state": "state & more",
    }
    assert stub.received == []


def test_a_code_becomes_tokens(intuit: OAuthClient, stub: StubServer) -> None:
    stub.then(reply(GIVEN))
    before = datetime.now(UTC)
    tokens = intuit.exchange("the-code", CALLBACK)
    assert (tokens.access_token, tokens.refresh_token) == ("access-secret", "refresh-secret-2")
    assert timedelta(0) <= tokens.access_expires_at - before - timedelta(hours=1) < timedelta(seconds=5)
    assert tokens.refresh_expires_at is not None
    assert tokens.refresh_expires_at - before >= timedelta(seconds=8726400)
    asked = stub.received[0]
    assert (asked.method, asked.path, asked.headers["Authorization"]) == ("POST", "/token", BASIC)
    assert asked.headers["Accept"] == "application/json"
    assert form(asked.body) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": CALLBACK,
    }


def test_a_refresh_gives_the_rotated_tokens(intuit: OAuthClient, stub: StubServer) -> None:
    stub.then(reply({**GIVEN, "expires_in": "60", "x_refresh_token_expires_in": None}))
    tokens = intuit.refresh("refresh-secret-1")
    assert tokens.refresh_token == "refresh-secret-2"
    assert tokens.refresh_expires_at is None
    assert form(stub.received[0].body) == {"grant_type": "refresh_token", "refresh_token": "refresh-secret-1"}
    assert stub.received[0].headers["Authorization"] == BASIC


def test_tokens_keep_to_themselves() -> None:
    tokens = TokenSet("access-secret", "refresh-secret", datetime.now(UTC), None)
    assert "secret" not in f"{tokens} {tokens!r} {[tokens]}"


@pytest.mark.parametrize("errand", ["exchange", "refresh"])
@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (
            reply({"error": "invalid_grant", "error_description": "refresh-secret"}, 400),
            AuthorizationLost,
            "onnect",
        ),
        (reply({"error": "invalid_client"}, 401), Rejected, "QBO_CLIENT_ID and QBO_CLIENT_SECRET"),
        (reply({"error": "invalid_client"}, 400), Rejected, "QBO_CLIENT_ID and QBO_CLIENT_SECRET"),
        (reply({}, 401), Rejected, "QBO_CLIENT_ID and QBO_CLIENT_SECRET"),
        (reply({"error": "unsupported_grant_type"}, 400), Rejected, "unsupported_grant_type"),
        (reply({"error": ["refresh-secret"]}, 400), Rejected, "400"),
        (reply({}, 429), TemporarilyUnavailable, "few minutes"),
        (reply({"error": "invalid_grant"}, 503), TemporarilyUnavailable, "few minutes"),
        (html(400), TemporarilyUnavailable, "few minutes"),
        (html(200), TemporarilyUnavailable, "few minutes"),
        (reply({}, 302, Location="/elsewhere"), MalformedResponse, "another address"),
        (body(b""), TemporarilyUnavailable, "few minutes"),
        (cut_off(b'{"access_token": "access-secret"', 200), TemporarilyUnavailable, "broke"),
        (dropped(), TemporarilyUnavailable, "broke"),
        (flood(40, announce=False), MalformedResponse, "MiB"),
        (reply([]), MalformedResponse, "without usable tokens"),
        (reply({**GIVEN, "access_token": None}), MalformedResponse, "without usable tokens"),
        (
            reply({**GIVEN, "access_token": "access-secret\r\nX: y"}),
            MalformedResponse,
            "without usable tokens",
        ),
        (reply({**GIVEN, "refresh_token": 5}), MalformedResponse, "without usable tokens"),
        (reply({**GIVEN, "expires_in": "soon"}), MalformedResponse, "without usable tokens"),
        (reply({**GIVEN, "expires_in": -1}), MalformedResponse, "without usable tokens"),
        (reply({**GIVEN, "expires_in": 10**30}), MalformedResponse, "without usable tokens"),
        (reply({**GIVEN, "expires_at": []}), MalformedResponse, "without usable tokens"),
    ],
)
def test_what_the_server_may_answer_instead(
    intuit: OAuthClient, stub: StubServer, errand: str, answer: Any, error: type[ProviderError], says: str
) -> None:
    stub.otherwise(answer)
    if errand == "exchange":
        caught = failure(intuit.exchange, "the-code", CALLBACK)
    else:
        caught = failure(intuit.refresh, "refresh-secret-1")
    assert isinstance(caught, error)
    assert says in caught.message


def test_an_error_carries_the_trace_id(intuit: OAuthClient, stub: StubServer) -> None:
    stub.then(reply({"error": "invalid_grant"}, 400, intuit_tid="tid-9"))
    assert failure(intuit.refresh, "refresh-secret-1").trace_id == "tid-9"


@pytest.mark.parametrize(
    "lost", [dropped(), cut_off(b"{", 99), html(200)], ids=["dropped", "cut-off", "page"]
)
def test_a_lost_answer_is_asked_for_once_more(intuit: OAuthClient, stub: StubServer, lost: Any) -> None:
    stub.then(lost, reply(GIVEN))
    assert intuit.refresh("refresh-secret-1").access_token == "access-secret"
    assert len(stub.received) == 2
    stub.otherwise(lost)
    assert isinstance(failure(intuit.refresh, "refresh-secret-1"), TemporarilyUnavailable)
    assert len(stub.received) == 4


def test_a_refusal_to_refresh_is_not_repeated(intuit: OAuthClient, stub: StubServer) -> None:
    stub.otherwise(reply({}, 500))
    failure(intuit.refresh, "refresh-secret-1")
    assert len(stub.received) == 1


def test_an_answer_without_a_refresh_token_is_no_grant(intuit: OAuthClient, stub: StubServer) -> None:
    stub.otherwise(reply({"access_token": "access-secret", "expires_in": 3600}))
    assert isinstance(failure(intuit.exchange, "the-code", CALLBACK), MalformedResponse)
    assert intuit.refresh("refresh-secret-1").refresh_token == "refresh-secret-1"


@pytest.mark.parametrize("answer", [silence(), drip(b"HTTP/1.1 200 OK\r\n\r\n")], ids=["silence", "drip"])
def test_slow_servers_do_not_hold_us(stub: StubServer, answer: Any) -> None:
    hasty = registry.oauth_client(
        "quickbooks", settings_at(stub.url), quick(read_timeout=0.3, total_timeout=0.4)
    )
    stub.otherwise(answer)
    assert isinstance(failure(hasty.refresh, "refresh-secret-1"), TemporarilyUnavailable)
    assert isinstance(failure(hasty.exchange, "the-code", CALLBACK), TemporarilyUnavailable)
    assert isinstance(failure(hasty.revoke, "refresh-secret-1"), TemporarilyUnavailable)


@pytest.mark.parametrize("answer", [body(b""), reply({}, 400), html(400)], ids=["done", "gone", "gone-page"])
def test_a_revoked_grant_is_gone_whether_it_was_there_or_not(
    intuit: OAuthClient, stub: StubServer, answer: Any
) -> None:
    stub.then(answer)
    intuit.revoke("refresh-secret-1")
    asked = stub.received[0]
    assert (asked.method, asked.path, asked.headers["Authorization"]) == ("POST", "/revoke", BASIC)
    assert asked.body == b'{"token": "refresh-secret-1"}'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({"error": "invalid_client"}, 401), Rejected),
        (reply({}, 500), TemporarilyUnavailable),
        (dropped(), TemporarilyUnavailable),
    ],
    ids=["credentials", "unwell", "dropped"],
)
def test_a_revocation_that_failed_is_told(
    intuit: OAuthClient, stub: StubServer, answer: Any, error: type[ProviderError]
) -> None:
    stub.then(answer)
    assert isinstance(failure(intuit.revoke, "refresh-secret-1"), error)


def test_tokens_are_sent_over_https_only() -> None:
    plain = registry.oauth_client("quickbooks", settings_at("http://intuit.example"))
    for errand in (
        lambda: plain.authorization_url(CALLBACK, "s"),
        lambda: plain.exchange("the-code", CALLBACK),
        lambda: plain.refresh("refresh-secret-1"),
        lambda: plain.revoke("refresh-secret-1"),
    ):
        with pytest.raises(Rejected, match="https"):
            errand()
