"""The pages of a listing, and those of the last one, by whose digests an unchanged page is known unread.

Pages hold as long as the same item types are let in; another choice makes every page new. A run keeps those
that are new to it as it reads them, and takes over the others when the whole listing is there.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from app.providers.base import ItemPage

LOAD = """
    SELECT digest, listed, item_types = CAST(:types AS text[]) AS holds FROM accounting_item_pages
    WHERE connection_id = :connection ORDER BY number
"""
SEEN = "CREATE TEMPORARY TABLE seen_items (external_id text, position integer) ON COMMIT DROP"
KEEP = """
    INSERT INTO accounting_item_pages
        (connection_id, run_id, number, item_types, digest, listed, external_ids, documents)
    SELECT :connection, :run, :number, :types, :digest, :listed,
        ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))), :documents
"""
FIND = """
    SELECT external_ids FROM accounting_item_pages
    WHERE connection_id = :connection AND digest = :digest ORDER BY run_id DESC LIMIT 1
"""
NOTE = """
    WITH page AS (%(page)s)
    INSERT INTO seen_items
    SELECT external_id, :start + place
    FROM page CROSS JOIN unnest(external_ids) WITH ORDINALITY AS given(external_id, place)
"""
KEEP_AND_NOTE = NOTE % {"page": KEEP + "RETURNING external_ids"}
FIND_AND_NOTE = NOTE % {"page": FIND}
# Their documents stay where they are.
TAKE_OVER = """
    UPDATE accounting_item_pages p SET run_id = :run, number = found.number
    FROM unnest(CAST(:digests AS bytea[])) WITH ORDINALITY AS found(digest, number)
    WHERE p.connection_id = :connection AND p.run_id <> :run AND p.digest = found.digest
        AND p.item_types = CAST(:types AS text[])
"""
FORGET_OTHERS = "DELETE FROM accounting_item_pages WHERE connection_id = :connection AND run_id <> :run"
FORGET_OWN = "DELETE FROM accounting_item_pages WHERE connection_id = :connection AND run_id = :run"


class ListedPages:
    """The pages that a run has read, beside those of the last listing."""

    def __init__(self, connection: Connection, connection_id: int, run_id: int, types: list[str]) -> None:
        self._connection = connection
        self._facts: dict[str, Any] = {"connection": connection_id, "run": run_id, "types": types}
        self._before = connection.execute(text(LOAD), self._facts).all()
        self._digests: list[bytes] = []
        connection.execute(text(SEEN))
        self.known = {bytes(row.digest): int(row.listed) for row in self._before if row.holds}
        """The digests of pages that need not be read, with the number of rows of each."""
        self.listed = 0
        """How many rows the pages have."""

    def add(self, page: ItemPage, documents: bytes) -> None:
        """The page comes after those that were added before; its documents are `packed`.

        Its items are noted in the temporary table `seen_items`, with their positions, from 1.
        """
        self._digests.append(page.digest)
        if page.seen:
            given = self._facts | {"digest": page.digest, "start": self.listed}
            self._connection.execute(text(FIND_AND_NOTE), given)
        else:
            given = self._facts | facts_of(len(self._digests), page, documents) | {"start": self.listed}
            self._connection.execute(text(KEEP_AND_NOTE), given)
        self.listed += self.rows_of(page)

    def rows_of(self, page: ItemPage) -> int:
        """How many rows the page has; of one that was seen before the last listing knows."""
        return self.known[page.digest] if page.seen else page.listed

    def all_known(self) -> bool:
        """Whether the pages are those of the last listing, which a run has gone by already."""
        return [bytes(row.digest) if row.holds else None for row in self._before] == self._digests

    def keep(self) -> None:
        """The next run may know these pages, and no others."""
        self._connection.execute(text(TAKE_OVER), self._facts | {"digests": self._digests})
        self._connection.execute(text(FORGET_OTHERS), self._facts)

    def forget(self) -> None:
        """The next run may know what this one might have known."""
        self._connection.execute(text(FORGET_OWN), self._facts)


def facts_of(number: int, page: ItemPage, documents: bytes) -> dict[str, Any]:
    """What `KEEP` wants to know of a run's page beside the `connection`, the `run` and the `types`.

    Its documents are given `packed`, which is done while an earlier page is stored.
    """
    return {
        "number": number,
        "digest": page.digest,
        "listed": page.listed,
        "ids": json.dumps(page.external_ids),
        "documents": documents,
    }
