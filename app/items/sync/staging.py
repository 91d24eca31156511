"""A later listing, compared with what is stored while it is being read, in the transaction that ends the run.

Each page's items are looked at as soon as they have come, and what the run will do with them is noted in its
entries. Nobody sees any of it before the commit, and nothing that others need is locked until the whole
listing is there: the items themselves are written by `merge`. Only items whose document is not the one that
we have are read, and leave a row in `staged_items`.

The database ends the transaction if we fall silent in it for as long as a lease lasts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.copying import Copier, send
from app.items.documents import packed
from app.items.sync.known import ListedPages
from app.items.sync.planning import plan_page
from app.providers.base import ItemPage, ItemType, RemoteItem
from app.sync.work import ActiveRun

ASK_EVERY = 10
"""Where a catalogue has changed for the most part, only every tenth page is compared before it is read."""

# The key is for the planner, too: it would read the whole table for each page.
STAGED = """
    CREATE TEMPORARY TABLE staged_items (
        position integer PRIMARY KEY, external_id text,
        name text, full_name text, sku text, item_type text, active boolean,
        unit_price numeric(18, 6), purchase_cost numeric(18, 6), quantity_on_hand numeric(18, 4),
        income_account_id text, expense_account_id text, asset_account_id text, content_hash bytea
    ) ON COMMIT DROP
"""

# A page's ids come as one JSON text, which is made far sooner than an array of a thousand parameters, and its
# digests as one piece, sixteen bytes each. An item that we deactivated is new to us again.
CHANGED = """
    WITH page AS (
        SELECT number, external_id, substring(:digests FROM (number::integer - 1) * 16 + 1 FOR 16) AS digest
        FROM json_array_elements_text(CAST(:ids AS json)) WITH ORDINALITY AS given(external_id, number)
    )
    SELECT number - 1 FROM page
    WHERE (
        SELECT content_hash FROM accounting_items i
        WHERE i.connection_id = :connection AND i.external_id = page.external_id AND i.active
    ) IS DISTINCT FROM digest
    ORDER BY 1
"""
COPY_STAGED = f"COPY staged_items (position, {', '.join(RemoteItem._fields)}, content_hash) FROM STDIN"


class ReadPage(NamedTuple):
    """A page that starts at the position `first`, its documents packed, and the rows to be staged of it."""

    page: ItemPage
    documents: bytes
    first: int
    rows: bytes


@contextmanager
def later_listing(
    active: ActiveRun, connection_id: int, types: frozenset[ItemType]
) -> Iterator[LaterListing]:
    """A listing in a transaction that is committed when the block ends well."""
    with db.engine.begin() as connection:
        active.lock.limit_silence(connection)
        connection.execute(text(STAGED))
        yield LaterListing(connection, connection_id, active.run_id, types)


class LaterListing:
    """What this run has read so far."""

    def __init__(
        self, connection: Connection, connection_id: int, run_id: int, types: frozenset[ItemType]
    ) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.run_id = run_id
        self.types = types
        self.type_names = sorted(kind.value for kind in types)
        self.pages = ListedPages(connection, connection_id, run_id, self.type_names)
        self.began_at = utcnow()
        self._copier = Copier(connection)
        self._reached = 0
        self._unasked = 0

    @property
    def listed(self) -> int:
        """How many rows were listed so far."""
        return self.pages.listed

    def known_pages(self) -> dict[bytes, int]:
        """The digests of pages that need not be read, with the number of rows of each."""
        return self.pages.known

    def read(self, page: ItemPage) -> ReadPage:
        """The items whose document we do not have, read while an earlier page is staged."""
        first = self._reached + 1
        self._reached += self.pages.rows_of(page)
        if page.seen:
            return ReadPage(page, b"", first, b"")
        rows = self._copier.made_of(self._rows(page, first))
        return ReadPage(page, packed(page.documents), first, rows)

    def add(self, read: ReadPage) -> None:
        """The page is staged and its entries noted; of items that a later page repeats, see `planning`."""
        self.pages.add(read.page, read.documents)
        if read.rows:
            send(self.connection, COPY_STAGED, read.rows)
            plan_page(self.connection, self.connection_id, self.run_id, read.first, self.listed)

    def _rows(self, page: ItemPage, first: int) -> Iterator[tuple[Any, ...]]:
        """A row of `staged_items` for each item to be read whose type is let in (OQ-16)."""
        places = self._places(page)
        items = page if len(places) == len(page) else map(page.item, places)
        digests = page.digests if places else []
        for place, item in zip(places, items, strict=True):
            if item.item_type in self.types:
                yield (first + place, *item, digests[place])

    def _places(self, page: ItemPage) -> Sequence[int]:
        """The places on the page of the items to be read; `planning` leaves out what is as it was."""
        everything = range(len(page.external_ids))
        if self._unasked:
            self._unasked -= 1
            return everything
        changed = self._changed(page)
        if 2 * len(changed) > len(everything):
            self._unasked = ASK_EVERY - 1
        return changed

    def _changed(self, page: ItemPage) -> list[int]:
        """The places on the page of the items whose document we do not have."""
        given = {
            "ids": json.dumps(page.external_ids),
            "digests": b"".join(page.digests),
            "connection": self.connection_id,
        }
        with db.engine.connect() as connection:
            return [int(place) for place in connection.scalars(text(CHANGED), given)]
