"""One request: its token, its tries, its waits, and what it leaves in the log."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import structlog

from app.foundation.version import VERSION
from app.providers import registry
from app.providers.errors import (
    AuthorizationLost,
    Cancelled,
    MalformedResponse,
    RateLimited,
    Rejected,
    TemporarilyUnavailable,
    UnreadableResponse,
)
from app.providers.quickbooks.faults import DIALECT
from app.providers.retry import SLICE, delay, retry_after
from app.providers.transport import Call, Transport
from tests.providers.conftest import REALM, Books, CountedTokens, OpenThrottle, quick, settings_at
from tests.support.stub_server import StubServer, cut_off, dropped, html, reply

COUNT = reply({"QueryResponse": {"totalCount": 7}}, intuit_tid="tid-7")
REFUSED = reply({"fault": {"error": [{"code": "3200", "detail": "Token expired: secret"}]}}, 401)


def test_a_request_says_who_asks_and_for_what(stub: StubServer, books: Books) -> None:
    stub.otherwise(COUNT)
    assert books().count_items() == 7
    asked = stub.received[0]
    assert (asked.method, asked.path) == ("GET", f"/v3/company/{REALM}/query")
    assert asked.query == {
        "query": ["SELECT COUNT(*) FROM Item WHERE Active IN (true, false)"],
        "minorversion": ["75"],
    }
    assert asked.headers["Authorization"] == "Bearer token-0"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["Accept-Encoding"] == "gzip"
    assert asked.headers["User-Agent"] == f"Lotledger/{VERSION}"


def test_a_refused_token_is_renewed_once(stub: StubServer, books: Books, tokens: CountedTokens) -> None:
    stub.then(REFUSED, COUNT)
    assert books().count_items() == 7
    assert tokens.renewed == ["token-0"]
    assert stub.received[1].headers["Authorization"] == "Bearer token-1"


def test_a_second_refusal_means_that_the_connection_is_lost(
    stub: StubServer, books: Books, tokens: CountedTokens
) -> None:
    stub.otherwise(REFUSED)
    with pytest.raises(AuthorizationLost, match="Reconnect"):
        books().count_items()
    assert tokens.renewed == ["token-0"]
    assert len(stub.received) == 2


def test_withdrawn_access_is_not_worth_a_new_token(
    stub: StubServer, books: Books, tokens: CountedTokens
) -> None:
    stub.otherwise(reply({"Fault": {"Error": [{"code": "120"}]}}, 401))
    with pytest.raises(AuthorizationLost, match="administrator"):
        books().count_items()
    assert tokens.renewed == []
    assert len(stub.received) == 1


@pytest.mark.parametrize(
    "trouble",
    [reply({}, 429), reply({}, 500), html(503), html(200), dropped(), cut_off(b"{", 100)],
    ids=["429", "500", "503-page", "200-page", "dropped", "cut-off"],
)
def test_passing_trouble_is_tried_again(stub: StubServer, books: Books, trouble: Any) -> None:
    stub.then(trouble, trouble, COUNT)
    assert books().count_items() == 7
    assert len(stub.received) == 3


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (reply({}, 429, intuit_tid="t"), RateLimited),
        (reply({}, 500, intuit_tid="t"), TemporarilyUnavailable),
        (html(200), UnreadableResponse),
        (dropped(), TemporarilyUnavailable),
    ],
    ids=["429", "500", "page", "dropped"],
)
def test_trouble_that_stays_ends_after_all_attempts(
    stub: StubServer, books: Books, trouble: Any, error: type[Exception]
) -> None:
    stub.otherwise(trouble)
    with pytest.raises(error):
        books(attempts=4).count_items()
    assert len(stub.received) == 4


def test_a_refusal_is_not_repeated(stub: StubServer, books: Books) -> None:
    stub.otherwise(reply({"Fault": {"Error": [{"code": "6000", "Detail": "No."}]}}, 400, intuit_tid="tid-3"))
    with pytest.raises(Rejected, match="code 6000") as caught:
        next(books().items())
    assert caught.value.trace_id == "tid-3"
    assert len(stub.received) == 1


def test_a_redirect_is_not_followed(stub: StubServer, books: Books) -> None:
    stub.otherwise(reply({}, 302, Location=f"{stub.url}/elsewhere"))
    with pytest.raises(MalformedResponse, match="another address"):
        books().count_items()
    assert len(stub.received) == 1


def test_a_server_that_is_not_there_is_unavailable(books: Books, stub: StubServer) -> None:
    provider = registry.build(
        "quickbooks",
        settings_at("http://127.0.0.1:9"),
        REALM,
        CountedTokens(),
        OpenThrottle(),
        quick(attempts=2),
    )
    with pytest.raises(TemporarilyUnavailable, match="could not be reached"):
        provider.count_items()


@pytest.mark.parametrize(
    "url",
    [
        "http://quickbooks.api.intuit.com",
        "ftp://localhost",
        "http://127.evil.example",
        "http://localhost.evil.example",
    ],
)
def test_only_https_leaves_this_machine(url: str) -> None:
    with pytest.raises(Rejected, match="https"):
        registry.build("quickbooks", settings_at(url), REALM, CountedTokens(), OpenThrottle())


@pytest.mark.parametrize("realm", ["", "..", "12/../34", "１２", "12 "])
def test_a_company_id_has_digits_only(realm: str) -> None:
    with pytest.raises(Rejected, match="digits"):
        registry.build("quickbooks", settings_at("https://localhost"), realm, CountedTokens(), OpenThrottle())


def transport(stub: StubServer) -> Transport:
    return Transport(stub.url, DIALECT, CountedTokens(), OpenThrottle(), quick())


def test_a_write_without_a_key_is_sent_once(stub: StubServer) -> None:
    stub.otherwise(reply({}, 500))
    with pytest.raises(TemporarilyUnavailable):
        transport(stub).send(Call("POST", "/item", document={"Name": "x"}, repeatable=False))
    assert len(stub.received) == 1


def test_a_write_with_a_key_is_repeated_word_for_word(stub: StubServer) -> None:
    stub.then(reply({}, 500), dropped(), reply({"Item": {}}, intuit_tid="t"))
    sent = transport(stub).send(Call("POST", "/item", {"requestid": "k-1"}, {"Name": "x"}))
    assert (sent.document, sent.trace_id) == ({"Item": {}}, "t")
    assert {(asked.body, asked.query["requestid"][0]) for asked in stub.received} == {
        (b'{"Name": "x"}', "k-1")
    }
    assert len(stub.received) == 3


def test_a_token_unfit_for_a_header_is_not_shown(stub: StubServer) -> None:
    odd = Transport(stub.url, DIALECT, CountedTokens("secret\r\nX: y"), OpenThrottle(), quick())
    with pytest.raises(Rejected) as caught:
        odd.send(Call("GET", "/item"))
    assert "secret" not in caught.value.message
    assert caught.value.__cause__ is None


def test_waits_are_what_the_provider_asks_for_within_a_bound() -> None:
    options = quick(rate_limit_wait=60, max_wait=90, backoff=1)
    for _ in range(50):
        assert 5 <= delay(RateLimited("", None, 5.0), 1, options) <= 5.5
        assert 90 <= delay(RateLimited("", None, 4000.0), 1, options) <= 99
        assert 60 <= delay(RateLimited(""), 1, options) <= 66
        assert 2 <= delay(TemporarilyUnavailable(""), 3, options) <= 4
        assert delay(TemporarilyUnavailable(""), 60, options) <= 90


def test_retry_after_may_be_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert retry_after(format_datetime(soon, usegmt=True)) == pytest.approx(30, abs=2)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("Wed, 21 Oct 2015 07:28:00 -0000") == 0
    assert retry_after(None) is None


def test_the_pauses_are_slept_in_slices(stub: StubServer, books: Books) -> None:
    slept: list[float] = []
    stub.then(reply({}, 429, Retry_After="2"), COUNT)
    assert books(max_wait=60, sleep=slept.append).count_items() == 7
    assert max(slept) <= SLICE
    assert 2 <= sum(slept) <= 2.2 + SLICE


def test_a_cancelled_wait_ends_at_once(stub: StubServer, books: Books) -> None:
    slept: list[float] = []
    stub.otherwise(reply({}, 429, Retry_After="50"))
    with pytest.raises(Cancelled):
        books(max_wait=60, sleep=slept.append, should_stop=lambda: len(slept) >= 3).count_items()
    assert len(slept) == 3
    assert len(stub.received) == 1


def test_what_is_cancelled_beforehand_asks_nothing(stub: StubServer, books: Books) -> None:
    with pytest.raises(Cancelled):
        books(should_stop=lambda: True).count_items()
    assert stub.received == []


def test_each_try_takes_a_turn(stub: StubServer) -> None:
    turns: list[str] = []

    class Counting:
        def slot(self, wait: Any = None) -> AbstractContextManager[None]:
            return self._turn()

        @contextmanager
        def _turn(self) -> Any:
            turns.append("taken")
            yield
            turns.append("back")

    stub.then(reply({}, 500), REFUSED, reply({}))
    Transport(stub.url, DIALECT, CountedTokens(), Counting(), quick()).send(Call("GET", "/item"))
    assert turns == ["taken", "back"] * 3


def test_every_try_is_logged_without_secrets(stub: StubServer, books: Books) -> None:
    stub.then(REFUSED, reply({}, 500, intuit_tid="tid-\u00e9500"), COUNT)
    with structlog.testing.capture_logs() as lines:
        books().count_items()
    assert [(line["status"], line["attempt"], line["trace_id"], line["outcome"]) for line in lines] == [
        (401, 1, None, "TokenRefused"),
        (500, 1, "tid-500", "TemporarilyUnavailable"),
        (200, 2, "tid-7", "ok"),
    ]
    assert {(line["method"], line["path"]) for line in lines} == {("GET", "/query")}
    assert all(line["milliseconds"] >= 0 for line in lines)
    assert not any(word in str(lines) for word in ("token-", "secret", "SELECT"))


def test_connections_are_kept_open(stub: StubServer, books: Books) -> None:
    stub.otherwise(COUNT)
    provider = books()
    for _ in range(3):
        provider.count_items()
    assert stub.connections == 1
