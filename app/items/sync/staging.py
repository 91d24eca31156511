"""A later listing, compared with what is stored while it is being read, in the transaction that ends the run.

Each page's items are looked at as soon as they have come, and what the run will do with them is noted in its
*plan* and its entries. Nobody sees any of it before the commit, and nothing that others need is locked until
the whole listing is there: the items themselves are written by `merge`. Each page leaves its items' ids in
`listed_pages`. Only items whose document is not the one that we have are read, and leave a row in
`staged_items`: what they say, or merely their standing.

The database ends the transaction if we fall silent in it for as long as a lease lasts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from app.extensions import db
from app.foundation.clock import utcnow
from app.items.sync.fields import FIELDS, values_of
from app.items.sync.known import known_pages
from app.items.sync.planning import plan_page
from app.providers.base import ItemPage, ItemType, RemoteItem
from app.sync.errors import Superseded
from app.sync.work import ActiveRun

ACTIVE, INACTIVE, UNSELECTED = "active", "inactive", "unselected"

# The key is for the planner, too: it would read the whole table for each page.
TABLES = """
    CREATE TEMPORARY TABLE listed_pages (
        number integer, start integer, digest bytea, listed integer, external_ids text[]
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE staged_items (
        position integer PRIMARY KEY, external_id text, standing text,
        name text, full_name text, sku text, item_type text,
        unit_price numeric(18, 6), purchase_cost numeric(18, 6), quantity_on_hand numeric(18, 4),
        income_account_id text, expense_account_id text, asset_account_id text,
        content_hash bytea, raw text
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE planned_items (
        item_id bigint, position integer, external_id text, action text, renamed boolean
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
ADD_PAGE = """
    INSERT INTO listed_pages
    SELECT :number, :start, :digest, :listed, array_agg(id)
    FROM json_array_elements_text(CAST(:ids AS json)) AS given(id)
"""

# A page that was seen before has the items that it had then.
ADD_SEEN_PAGE = """
    INSERT INTO listed_pages
    SELECT :number, :start, :digest, listed, external_ids FROM accounting_item_pages
    WHERE connection_id = :connection AND digest = :digest ORDER BY number LIMIT 1
    RETURNING cardinality(external_ids)
"""
COPY_STAGED = f"""
    COPY staged_items (position, external_id, standing, {", ".join(FIELDS)}, content_hash, raw) FROM STDIN
"""
NOTHING = (None,) * (len(FIELDS) + 2)


class ReadPage(NamedTuple):
    """A page with the rows to be staged of it, but for their position; `places` says where they were."""

    page: ItemPage
    places: list[int]
    rows: list[tuple[Any, ...]]


@contextmanager
def later_listing(
    active: ActiveRun, connection_id: int, types: frozenset[ItemType]
) -> Iterator[LaterListing]:
    """A listing in a transaction that is committed when the block ends well."""
    with db.engine.begin() as connection:
        active.lock.limit_silence(connection)
        for statement in TABLES.split(";"):
            connection.execute(text(statement))
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
        self.pages = 0
        self.listed = 0
        self.began_at = utcnow()

    def known_pages(self) -> dict[bytes, int]:
        """The digests of pages that need not be read; see `known`."""
        return known_pages(self.connection, self.connection_id, self.type_names)

    def read(self, page: ItemPage) -> ReadPage:
        """The items whose document we do not have, read while an earlier page is staged."""
        places = self._changed(page)
        digests = page.digests if places else []
        rows = [self._row(page.item(place), digests[place]) for place in places]
        return ReadPage(page, places, rows)

    def add(self, read: ReadPage) -> None:
        """The page is staged and planned; of items that a later page repeats, see `planning`."""
        self.pages += 1
        if read.page.seen:
            self._add_seen(read.page)
        else:
            self._add_new(read)

    def _add_seen(self, page: ItemPage) -> None:
        given = {"number": self.pages, "digest": page.digest, "start": self.listed}
        count = self.connection.scalar(text(ADD_SEEN_PAGE), given | {"connection": self.connection_id})
        if count is None:  # another run has replaced what we knew
            raise Superseded
        self.listed += int(count)

    def _add_new(self, read: ReadPage) -> None:
        page, start = read.page, self.listed
        self.listed += len(page.external_ids)
        given = {"number": self.pages, "start": start, "digest": page.digest, "listed": page.listed}
        self.connection.execute(text(ADD_PAGE), given | {"ids": json.dumps(page.external_ids)})
        if not read.rows:
            return
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(COPY_STAGED) as copy:
            for place, row in zip(read.places, read.rows, strict=True):
                copy.write_row((start + 1 + place, *row))
        plan_page(self.connection, self.connection_id, self.run_id, start + 1, self.listed)

    def _changed(self, page: ItemPage) -> list[int]:
        """The places on the page of the items whose document we do not have."""
        if page.seen:
            return []
        given = {
            "ids": json.dumps(page.external_ids),
            "digests": b"".join(page.digests),
            "connection": self.connection_id,
        }
        with db.engine.connect() as connection:
            return [int(place) for place in connection.scalars(text(CHANGED), given)]

    def _row(self, item: RemoteItem, digest: bytes) -> tuple[Any, ...]:
        standing = self._standing(item)
        if standing != ACTIVE:
            return (item.external_id, standing, *NOTHING)
        return (item.external_id, standing, *values_of(item), digest, item.raw)

    def _standing(self, item: RemoteItem) -> str:
        if item.item_type not in self.types:
            return UNSELECTED
        return ACTIVE if item.active else INACTIVE
