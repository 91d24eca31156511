"""One QuickBooks company's books, as an `AccountingProvider`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from app.providers.base import (
    Capabilities,
    ProviderSettings,
    RemoteAccount,
    RemoteCompany,
    RemoteItem,
    Throttle,
)
from app.providers.documents import BadDocument, collector_paused
from app.providers.errors import MalformedResponse, NotFound, Rejected
from app.providers.oauth import TokenSource
from app.providers.options import TransportOptions
from app.providers.quickbooks import CAPABILITIES, queries, records
from app.providers.quickbooks.faults import DIALECT, raise_malformed
from app.providers.transport import Call, Reply, Transport

MINOR_VERSION = "75"

R = TypeVar("R")
Found = TypeVar("Found", RemoteItem, RemoteAccount)


class QuickBooks:
    """Asks QuickBooks Online about one realm."""

    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self,
        settings: ProviderSettings,
        realm: str,
        tokens: TokenSource,
        throttle: Throttle,
        options: TransportOptions,
    ) -> None:
        if not (realm.isascii() and realm.isdigit()):
            raise Rejected("realm", "A QuickBooks company id has digits only. Reconnect the company.")
        self._realm = realm
        self._transport = Transport(
            f"{settings.api_url}/v3/company/{realm}", DIALECT, tokens, throttle, options
        )

    def company(self) -> RemoteCompany:
        """The company, with its home currency where the preferences can be read."""
        reply = self._get(f"/companyinfo/{self._realm}")
        currency = self._home_currency()
        return _understood(reply, _company, self._realm, currency)

    def count_items(self) -> int | None:
        """How many items there are; None if QuickBooks will not count."""
        try:
            reply = self._query(queries.count("Item"))
        except Rejected:
            return None
        return _understood(reply, _total)

    def items(self, total: int | None = None) -> Iterator[list[RemoteItem]]:
        """All items by id, in pages; see `AccountingProvider.items`."""
        return self._pages("Item", records.item, total)

    def accounts(self) -> Iterator[list[RemoteAccount]]:
        """All accounts by id, in pages."""
        return self._pages("Account", records.account, None)

    def close(self) -> None:
        """The pooled network connections are closed."""
        self._transport.close()

    def _home_currency(self) -> str | None:
        try:
            reply = self._get("/preferences")
            return _understood(reply, _currency)
        except (Rejected, NotFound, MalformedResponse):
            return None  # a company that hides its preferences can be connected all the same

    def _pages(self, entity: str, record: Callable[[Any], Found], total: int | None) -> Iterator[list[Found]]:
        """Pages of records, each record once, although a row that moved may come again on the next page."""
        received, previous = 0, frozenset[str]()
        while received != total:
            reply = self._query(queries.page(entity, received + 1))
            rows = _understood(reply, _rows, entity)
            page = _understood(reply, _fresh, entity, record, previous)
            if page:
                yield page
            if len(rows) < queries.PAGE:
                return
            if not page:
                raise_malformed(BadDocument("it sent the same page twice"), reply.trace_id)
            received += len(rows)
            previous = frozenset(row["Id"] for row in rows)

    def _query(self, statement: str) -> Reply:
        return self._get("/query", query=statement)

    def _get(self, path: str, **params: str) -> Reply:
        return self._transport.send(Call("GET", path, {**params, "minorversion": MINOR_VERSION}))


def _understood(reply: Reply, read: Callable[..., R], *details: Any) -> R:
    """What `read` makes of the document; raises MalformedResponse, with the trace id, if it cannot."""
    try:
        return read(reply.document, *details)
    except BadDocument as problem:
        raise_malformed(problem, reply.trace_id)


def _company(document: dict[str, Any], realm: str, currency: str | None) -> RemoteCompany:
    return records.company(document.get("CompanyInfo"), realm, currency)


def _currency(document: dict[str, Any]) -> str | None:
    return records.home_currency(document.get("Preferences"))


def _total(document: dict[str, Any]) -> int:
    total = _response(document).get("totalCount")
    if type(total) is not int or total < 0:
        raise BadDocument("it counted the items, but sent no number")
    return total


def _rows(document: dict[str, Any], entity: str) -> list[Any]:
    """The rows of a query's answer; an answer without any leaves the whole list out."""
    rows = _response(document).get(entity, [])
    if type(rows) is not list:
        raise BadDocument(f"its list of {entity} records is not a list")
    if len(rows) > queries.PAGE:
        raise BadDocument(f"it sent {len(rows)} rows where {queries.PAGE} were asked for")
    return rows


def _fresh(
    document: dict[str, Any], entity: str, record: Callable[[Any], Found], previous: frozenset[str]
) -> list[Found]:
    """The records of this page, each once, without those that the page before had already."""
    with collector_paused():
        page = {found.external_id: found for found in map(record, _rows(document, entity))}
    return [found for external_id, found in page.items() if external_id not in previous]


def _response(document: dict[str, Any]) -> dict[str, Any]:
    response = document.get("QueryResponse")
    if type(response) is not dict:
        raise BadDocument("it did not answer the question")
    return response
