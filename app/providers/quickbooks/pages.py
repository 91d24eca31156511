"""A page of items as QuickBooks listed them, read item by item and only on demand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Raw

from app.providers.base import RemoteItem
from app.providers.documents import BadDocument, Rows, digest
from app.providers.quickbooks import records
from app.providers.quickbooks.faults import raise_malformed


class QuickBooksItems:
    """An `ItemPage`: the rows of one answer, each item once; of two rows with the same id the later holds."""

    def __init__(self, rows: Rows, trace_id: str | None) -> None:
        listed = rows.rows or []
        ids = records.identities(rows.text, listed, "item") if listed else []
        found = dict(zip(ids, listed, strict=True))
        self.digest = rows.digest
        self.seen = rows.rows is None
        self.listed = len(listed)
        self.external_ids = list(found)
        self._text = rows.text
        self._rows = list(found.values())
        self._trace_id = trace_id

    @cached_property
    def digests(self) -> list[bytes]:
        """One for each item, of its own text."""
        return [digest(row) for row in self._rows]

    @property
    def documents(self) -> bytes:
        """Each item's own text, as a JSON list: the answer's own, unless an item came twice in it."""
        if len(self._rows) == self.listed:
            return bytes(self._text)
        return b"[" + b",".join(map(bytes, self._rows)) + b"]"

    def __len__(self) -> int:
        return len(self.external_ids)

    def __iter__(self) -> Iterator[RemoteItem]:
        try:
            yield from records.items(Raw(self.documents), self._rows, self.external_ids)
        except BadDocument as problem:
            raise_malformed(problem, self._trace_id)

    def item(self, index: int) -> RemoteItem:
        """The item at this place of the page; raises MalformedResponse, with the trace id."""
        try:
            return records.item(self._rows[index], self.external_ids[index])
        except BadDocument as problem:
            raise_malformed(problem, self._trace_id)
