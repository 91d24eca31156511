"""A later listing, compared with what is stored while it is being read, in the transaction that ends the run.

Each page's items are looked at as soon as they have come, and what the run will do with them is noted in its
entries. Nobody sees any of it before the commit, and nothing that others need is locked until the whole
listing is there: the items themselves are written by `merge`. Only items whose document is not the one that
we have are read, and leave a row in `staged_items`; of one that is inactive, just its id.

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
from app.items.sync.fields import FIELDS, values_of
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
        name text, full_name text, sku text, item_type text,
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
COPY_STAGED = f"""
    COPY staged_items (position, external_id, {", ".join(FIELDS)}, content_hash) FROM STDIN
"""
NOTHING = (None,) * (len(FIELDS) + 1)


class ReadPage(NamedTuple):
    """A page with the rows to be staged of it, each after its place on the page."""

    page: ItemPage
    rows: list[tuple[int, tuple[Any, ...]]]


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
        places = [] if page.seen else self._places(page)
        digests = page.digests if places else []
        read = ((place, self._row(page.item(place), digests[place])) for place in places)
        return ReadPage(page, [(place, row) for place, row in read if row is not None])

    def add(self, read: ReadPage) -> None:
        """The page is staged and its entries noted; of items that a later page repeats, see `planning`."""
        start = self.listed
        self.pages.add(read.page)
        if read.rows:
            self._stage(read.rows, start)
            plan_page(self.connection, self.connection_id, self.run_id, start + 1, self.listed)

    def _stage(self, rows: list[tuple[int, tuple[Any, ...]]], start: int) -> None:
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(COPY_STAGED) as copy:
            for place, row in rows:
                copy.write_row((start + 1 + place, *row))

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

    def _row(self, item: RemoteItem, digest: bytes) -> tuple[Any, ...] | None:
        """None: its type is not let in, so it is left alone (OQ-16)."""
        if item.item_type not in self.types:
            return None
        if not item.active:
            return (item.external_id, *NOTHING)
        return (item.external_id, *values_of(item), digest)
