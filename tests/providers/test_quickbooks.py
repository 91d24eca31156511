"""QuickBooks' books: company, items and accounts, page by page; from the sandbox and from odd servers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from app.providers import registry
from app.providers.base import AccountingProvider, ItemType, RemoteItem
from app.providers.errors import (
    AuthorizationLost,
    MalformedResponse,
    ProviderError,
    RateLimited,
    Rejected,
    TemporarilyUnavailable,
)
from config import Settings
from tests.providers.conftest import REALM, Books, CountedTokens, OpenThrottle, quick
from tests.support.sandbox import SandboxProcess
from tests.support.stub_server import Answer, StubServer, reply

ITEMS = 2500
SandboxBooks = Callable[..., AccountingProvider]


def rows(first: int, last: int) -> Answer:
    """A page of items with the ids from `first` to `last`."""
    return reply(
        {"QueryResponse": {"Item": [{"Id": str(n), "Name": f"Item {n}"} for n in range(first, last + 1)]}}
    )


def ids(pages: Iterator[Iterable[RemoteItem]]) -> list[int]:
    return [int(item.external_id) for page in pages for item in page]


def starts(stub: StubServer) -> list[str]:
    return [asked.query["query"][0].split("STARTPOSITION ")[1] for asked in stub.received]


def test_items_come_in_pages_until_one_is_not_full(stub: StubServer, books: Books) -> None:
    stub.then(rows(1, 1000), rows(1001, 2000), rows(2001, 2001))
    assert ids(books().items()) == list(range(1, 2002))
    assert starts(stub) == ["1 MAXRESULTS 1000", "1001 MAXRESULTS 1000", "2001 MAXRESULTS 1000"]
    assert (
        stub.received[0]
        .query["query"][0]
        .startswith("SELECT * FROM Item WHERE Active IN (true, false) ORDERBY Id ")
    )


def test_a_known_total_saves_the_empty_page(stub: StubServer, books: Books) -> None:
    stub.then(rows(1, 1000), rows(1001, 2000))
    assert len(ids(books().items(2000))) == 2000
    assert len(stub.received) == 2


def test_a_total_that_grew_meanwhile_hides_nothing(stub: StubServer, books: Books) -> None:
    stub.then(rows(1, 1000), rows(1001, 1501))
    assert len(ids(books().items(1500))) == 1501


@pytest.mark.parametrize("total", [None, 1000])
def test_no_rows_are_no_page(stub: StubServer, books: Books, total: int | None) -> None:
    stub.otherwise(reply({"QueryResponse": {}}))
    assert list(books().items(total)) == []
    assert len(stub.received) == 1


def test_a_row_that_moved_to_the_next_page_comes_again(stub: StubServer, books: Books) -> None:
    stub.then(rows(1, 1000), rows(1000, 1500))
    assert ids(books().items()) == [*range(1, 1001), *range(1000, 1501)]


def test_pages_that_were_seen_are_not_read_again(stub: StubServer, books: Books) -> None:
    stub.then(rows(1, 1000), rows(1001, 1200))
    seen = {page.digest: len(page.external_ids) for page in books().items()}
    stub.then(rows(1, 1000), rows(1001, 1201))
    again = list(books().items(None, seen))
    assert [(page.seen, len(page.external_ids)) for page in again] == [(True, 0), (False, 201)]


def test_a_server_that_repeats_itself_does_not_catch_us(stub: StubServer, books: Books) -> None:
    stub.otherwise(rows(1, 1000))
    with pytest.raises(MalformedResponse, match="same page twice"):
        list(books().items())
    assert len(stub.received) == 2


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"QueryResponse": None},
        {"QueryResponse": []},
        {"QueryResponse": {"Item": {}}},
        {"QueryResponse": {"Item": [5]}},
        {"QueryResponse": {"Item": [{"Id": None}]}},
        {"QueryResponse": {"Item": [{"Id": "7", "Name": 5}]}},
        {"QueryResponse": {"Item": [{"Id": str(n), "Name": "x"} for n in range(1001)]}},
    ],
)
def test_an_answer_of_another_shape_is_malformed(stub: StubServer, books: Books, document: Any) -> None:
    stub.otherwise(reply(document, intuit_tid="tid-5"))
    with pytest.raises(MalformedResponse, match="Lotledger cannot use") as caught:
        ids(books().items())
    assert caught.value.trace_id == "tid-5"
    assert len(stub.received) == 1


def test_a_page_with_one_bad_item_names_it(stub: StubServer, books: Books) -> None:
    stub.then(
        reply({"QueryResponse": {"Item": [{"Id": "6", "Name": "a"}, {"Id": "7", "Name": "x" * 10_000}]}})
    )
    with pytest.raises(MalformedResponse, match="in item 7 Name has more than 200 characters"):
        ids(books().items())


def test_a_refusal_to_count_is_no_failure(stub: StubServer, books: Books) -> None:
    stub.then(reply({"Fault": {"Error": [{"code": "4001"}]}}, 400))
    assert books().count_items() is None


@pytest.mark.parametrize("total", [None, -1, "7", True, 7.5])
def test_a_count_is_a_number(stub: StubServer, books: Books, total: Any) -> None:
    stub.then(reply({"QueryResponse": {"totalCount": total}}))
    with pytest.raises(MalformedResponse, match="counted"):
        books().count_items()


def test_a_company_may_hide_its_preferences(stub: StubServer, books: Books) -> None:
    stub.then(
        reply({"CompanyInfo": {"CompanyName": "Werkstatt Süd"}}),
        reply({"Fault": {"Error": [{"code": "6000"}]}}, 400),
    )
    company = books().company()
    assert (company.external_id, company.name, company.currency) == (REALM, "Werkstatt Süd", None)
    assert [asked.path.rsplit("/", 1)[1] for asked in stub.received] == [REALM, "preferences"]


def test_a_company_without_a_name_is_malformed(stub: StubServer, books: Books) -> None:
    stub.then(reply({"CompanyInfo": {}}), reply({"Preferences": {}}))
    with pytest.raises(MalformedResponse, match="no CompanyName"):
        books().company()


def test_what_quickbooks_can_do_is_told() -> None:
    assert registry.names() == ("quickbooks",)
    assert registry.label("quickbooks") == "QuickBooks Online"
    can = registry.capabilities("quickbooks")
    assert can.quantity_adjustments
    assert can.popup
    assert can.default_item_types == (ItemType.INVENTORY, ItemType.SERVICE, ItemType.BUNDLE)
    assert set(can.default_item_types) <= set(can.item_types)
    assert registry.limits("quickbooks").per_month == 500_000
    with pytest.raises(KeyError):
        registry.capabilities("quicken")


@pytest.fixture(scope="module")
def sandbox_with_items() -> Iterator[SandboxProcess]:
    with SandboxProcess(items=ITEMS) as process:
        yield process


@pytest.fixture
def sandbox_books(sandbox_with_items: SandboxProcess) -> Iterator[SandboxBooks]:
    """Builds the sandbox's company as a provider; keyword arguments change the options."""
    sandbox_with_items.clear_faults()
    sandbox_with_items.forget_requests()
    keys = {"SECRET_KEY": "s" * 32, "TOKEN_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode()}
    settings = Settings.from_environment(keys | sandbox_with_items.settings()).quickbooks
    opened: list[AccountingProvider] = []

    def build(**changes: object) -> AccountingProvider:
        grant = sandbox_with_items.tokens()
        opened.append(
            registry.build(
                "quickbooks",
                settings,
                grant["realm"],
                CountedTokens(grant["access_token"]),
                OpenThrottle(),
                quick(**changes),
            )
        )
        return opened[-1]

    yield build
    for provider in opened:
        provider.close()


def test_the_sandbox_is_read_whole(sandbox_with_items: SandboxProcess, sandbox_books: SandboxBooks) -> None:
    provider = sandbox_books()
    company = provider.company()
    assert (company.external_id, company.currency) == (sandbox_with_items.companies()[0]["realm"], "USD")
    sandbox_with_items.forget_requests()
    total = provider.count_items()
    assert total == ITEMS
    assert sorted(ids(provider.items(total))) == list(range(1, ITEMS + 1))
    assert len(sandbox_with_items.requests("query")) == 4
    accounts = [account for page in provider.accounts() for account in page]
    assert {"Inventory Asset", "Cost of Goods Sold"} <= {account.name for account in accounts}


TROUBLES: list[tuple[str, dict[str, Any], type[ProviderError]]] = [
    ("rate_limit", {}, RateLimited),
    ("rate_limit", {"retry_after": 7}, RateLimited),
    ("server_error", {}, TemporarilyUnavailable),
    ("unavailable", {}, TemporarilyUnavailable),
    ("unauthorized", {}, AuthorizationLost),
    ("slow", {"seconds": 2}, TemporarilyUnavailable),
    ("trickle", {"seconds": 20}, TemporarilyUnavailable),
    ("cut", {}, TemporarilyUnavailable),
    ("empty", {}, MalformedResponse),
    ("html", {}, MalformedResponse),
    ("not_json", {}, MalformedResponse),
    ("wrong_json", {}, MalformedResponse),
    ("fault_in_200", {}, Rejected),
    ("huge", {}, MalformedResponse),
    ("bomb", {}, MalformedResponse),
    ("silent", {"seconds": 2}, TemporarilyUnavailable),
    ("dropped", {}, TemporarilyUnavailable),
]


@pytest.mark.parametrize("skip", [0, 2], ids=["first-page", "last-page"])
@pytest.mark.parametrize(("kind", "more", "error"), TROUBLES)
def test_trouble_that_stays_is_one_of_our_errors(
    sandbox_with_items: SandboxProcess,
    sandbox_books: SandboxBooks,
    kind: str,
    more: dict[str, Any],
    error: type[ProviderError],
    skip: int,
) -> None:
    sandbox_with_items.fault(kind, times=9, skip=skip, contains="/query", **more)
    provider = sandbox_books(attempts=2, read_timeout=0.7, total_timeout=5 if kind in {"huge", "bomb"} else 1)
    with pytest.raises(error) as caught:
        list(provider.items())
    assert caught.value.message.endswith(".")
    assert len(sandbox_with_items.requests("query")) <= skip + 2


@pytest.mark.parametrize("skip", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "kind", ["rate_limit", "server_error", "unavailable", "cut", "empty", "html", "not_json", "dropped"]
)
def test_trouble_that_passes_is_not_noticed(
    sandbox_with_items: SandboxProcess, sandbox_books: SandboxBooks, kind: str, skip: int
) -> None:
    sandbox_with_items.fault(kind, skip=skip, contains="/query")
    provider = sandbox_books()
    assert len(ids(provider.items(provider.count_items()))) == ITEMS
    assert len(sandbox_with_items.requests("query")) == 5


def test_a_refusal_ends_the_listing(sandbox_with_items: SandboxProcess, sandbox_books: SandboxBooks) -> None:
    sandbox_with_items.fault("fault_in_200", skip=1, contains="/query")
    pages = sandbox_books().items()
    assert len(next(pages)) == 1000
    with pytest.raises(Rejected):
        next(pages)
