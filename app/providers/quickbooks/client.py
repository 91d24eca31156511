"""One QuickBooks company's books, as an `AccountingProvider`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Raw

from app.providers.base import (
    NOTHING_SEEN,
    Capabilities,
    ItemPage,
    ProviderSettings,
    RemoteAccount,
    RemoteCompany,
    Throttle,
)
from app.providers.documents import BadDocument, Rows, Seen
from app.providers.errors import MalformedResponse, NotFound, Rejected
from app.providers.oauth import TokenSource
from app.providers.options import TransportOptions
from app.providers.quickbooks import CAPABILITIES, queries, records
from app.providers.quickbooks.faults import DIALECT, raise_malformed
from app.providers.quickbooks.pages import QuickBooksItems
from app.providers.transport import Call, Reply, Transport

MINOR_VERSION = "75"
NO_ROWS = Rows(b"", Raw(b"[]"), [])

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

    def items(self, total: int | None = None, seen: Mapping[bytes, int] = NOTHING_SEEN) -> Iterator[ItemPage]:
        """All items by id, in pages; see `AccountingProvider.items`."""
        for reply in self._answers("Item", total, seen):
            page = _understood(reply, _items, reply.trace_id)
            if page.seen or page.external_ids:
                yield page

    def accounts(self) -> Iterator[list[RemoteAccount]]:
        """All accounts by id, in pages."""
        for reply in self._answers("Account", None, NOTHING_SEEN):
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

    def _answers(self, entity: str, total: int | None, seen: Mapping[bytes, int]) -> Iterator[Reply]:
        """The answers that list an entity, one after the other; the last may be empty."""
        received, previous = 0, b""
        while received != total:
            reply = self._query(queries.page(entity, received + 1), entity, seen)
            rows = _understood(reply, _rows, entity)
            count = seen[rows.digest] if rows.rows is None else len(rows.rows)
            if count == queries.PAGE and rows.digest == previous:
                raise_malformed(BadDocument("it sent the same page twice"), reply.trace_id)
            yield reply
            if count < queries.PAGE:
                return
            received, previous = received + count, rows.digest

    def _query(self, statement: str, rows_of: str | None = None, seen: Seen = ()) -> Reply:
        asked = {"query": statement, "minorversion": MINOR_VERSION}
        return self._transport.send(Call("GET", "/query", asked, rows_of=rows_of, seen=seen))

    def _get(self, path: str) -> Reply:
        return self._transport.send(Call("GET", path, {"minorversion": MINOR_VERSION}))


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


def _rows(document: dict[str, Any], entity: str) -> Rows:
    """The rows of a query's answer; an answer without any leaves the whole list out."""
    rows = _response(document).get(entity, NO_ROWS)
    if type(rows) is not Rows:
        raise BadDocument(f"its list of {entity} records is not a list")
    if len(rows.rows or ()) > queries.PAGE:
        raise BadDocument(f"it sent {len(rows.rows or ())} rows where {queries.PAGE} were asked for")
    return rows


def _items(document: dict[str, Any], trace_id: str | None) -> QuickBooksItems:
    return QuickBooksItems(_rows(document, "Item"), trace_id)


def _accounts(document: dict[str, Any]) -> list[RemoteAccount]:
    return [records.account(row) for row in _rows(document, "Account").rows or ()]


def _response(document: dict[str, Any]) -> dict[str, Any]:
    response = document.get("QueryResponse")
    if type(response) is not dict:
        raise BadDocument("it did not answer the question")
    return response
