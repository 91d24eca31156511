"""One QuickBooks company's books, as an `AccountingProvider`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from app.providers.base import (
    Capabilities,
    ItemPage,
    ProviderSettings,
    RemoteAccount,
    RemoteCompany,
    Throttle,
)
from app.providers.documents import BadDocument, Row
from app.providers.errors import MalformedResponse, NotFound, Rejected
from app.providers.oauth import TokenSource
from app.providers.options import TransportOptions
from app.providers.quickbooks import CAPABILITIES, queries, records
from app.providers.quickbooks.faults import DIALECT, raise_malformed
from app.providers.quickbooks.pages import QuickBooksItems
from app.providers.transport import Call, Reply, Transport

MINOR_VERSION = "75"

R = TypeVar("R")


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

    def items(self, total: int | None = None) -> Iterator[ItemPage]:
        """All items by id, in pages; see `AccountingProvider.items`."""
        previous = frozenset[str]()
        for reply in self._answers("Item", total):
            page = _understood(reply, _items, previous, reply.trace_id)
            if page.external_ids:
                yield page
            elif len(page.listed) == queries.PAGE:
                raise_malformed(BadDocument("it sent the same page twice"), reply.trace_id)
            previous = page.listed

    def accounts(self) -> Iterator[list[RemoteAccount]]:
        """All accounts by id, in pages."""
        for reply in self._answers("Account", None):
            yield _understood(reply, _accounts)

    def close(self) -> None:
        """The pooled network connections are closed."""
        self._transport.close()

    def _home_currency(self) -> str | None:
        try:
            reply = self._get("/preferences")
            return _understood(reply, _currency)
        except (Rejected, NotFound, MalformedResponse):
            return None  # a company that hides its preferences can be connected all the same

    def _answers(self, entity: str, total: int | None) -> Iterator[Reply]:
        """The answers that list an entity, one after the other; the last may be empty."""
        received = 0
        while received != total:
            reply = self._query(queries.page(entity, received + 1), rows_of=entity)
            rows = _understood(reply, _rows, entity)
            yield reply
            if len(rows) < queries.PAGE:
                return
            received += len(rows)

    def _query(self, statement: str, rows_of: str | None = None) -> Reply:
        return self._get("/query", rows_of, query=statement)

    def _get(self, path: str, rows_of: str | None = None, **params: str) -> Reply:
        asked = {**params, "minorversion": MINOR_VERSION}
        return self._transport.send(Call("GET", path, asked, rows_of=rows_of))


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


def _rows(document: dict[str, Any], entity: str) -> list[Row]:
    """The rows of a query's answer; an answer without any leaves the whole list out."""
    rows = _response(document).get(entity, [])
    if type(rows) is not list:
        raise BadDocument(f"its list of {entity} records is not a list")
    if len(rows) > queries.PAGE:
        raise BadDocument(f"it sent {len(rows)} rows where {queries.PAGE} were asked for")
    return rows


def _items(document: dict[str, Any], before: frozenset[str], trace_id: str | None) -> QuickBooksItems:
    return QuickBooksItems(_rows(document, "Item"), before, trace_id)


def _accounts(document: dict[str, Any]) -> list[RemoteAccount]:
    return [records.account(row.document) for row in _rows(document, "Account")]


def _response(document: dict[str, Any]) -> dict[str, Any]:
    response = document.get("QueryResponse")
    if type(response) is not dict:
        raise BadDocument("it did not answer the question")
    return response
