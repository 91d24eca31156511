"""A page of items as QuickBooks listed them, read item by item and only on demand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import blake2b

from app.providers.base import RemoteItem
from app.providers.documents import BadDocument, Row
from app.providers.quickbooks import records
from app.providers.quickbooks.faults import raise_malformed

DIGEST_BYTES = 16


class QuickBooksItems:
    """An `ItemPage`: the rows of one answer, each item once, without those of the page before.

    A row that moved while the pages were read may come again. Of two rows with the same id the later holds.
    """

    def __init__(self, rows: list[Row], before: Collection[str], trace_id: str | None) -> None:
        found = {records.identity(row.document, "item"): row for row in rows}
        self.listed = frozenset(found)
        self.external_ids = [external_id for external_id in found if external_id not in before]
        self._rows = [found[external_id] for external_id in self.external_ids]
        self._trace_id = trace_id
        self.digests = [blake2b(row.text.encode(), digest_size=DIGEST_BYTES).digest() for row in self._rows]

    def __len__(self) -> int:
        return len(self.external_ids)

    def __iter__(self) -> Iterator[RemoteItem]:
        return map(self.item, range(len(self)))

    def item(self, index: int) -> RemoteItem:
        """The item at this place of the page; raises MalformedResponse, with the trace id."""
        try:
            return records.item(self._rows[index])
        except BadDocument as problem:
            raise_malformed(problem, self._trace_id)
