"""The pages of a listing, and those of the last one, by whose digests an unchanged page is known unread.

Pages hold as long as the same item types are let in; another choice makes every page new. A run keeps those
that are new to it as it reads them, and takes over the others when the whole listing is there.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from app.items.documents import packed
from app.providers.base import ItemPage

LOAD = """
    SELECT digest, listed, item_types = CAST(:types AS text[]) AS holds FROM accounting_item_pages
    WHERE connection_id = :connection ORDER BY number
"""
KEEP = """
    INSERT INTO accounting_item_pages
        (connection_id, run_id, number, item_types, digest, listed, external_ids, documents)
    SELECT :connection, :run, :number, :types, :digest, :listed,
        ARRAY(SELECT json_array_elements_text(CAST(:ids AS json))), :documents
"""
SEEN = """
    CREATE TEMPORARY TABLE seen_items ON COMMIT DROP AS
    SELECT external_id, max(start + place)::integer AS position, count(*) AS times
    FROM unnest(CAST(:digests AS bytea[]), CAST(:starts AS integer[])) AS found(digest, start)
    CROSS JOIN LATERAL (
        SELECT external_ids FROM accounting_item_pages p
        WHERE p.connection_id = :connection AND p.digest = found.digest ORDER BY p.run_id DESC LIMIT 1
    ) AS page
    CROSS JOIN unnest(external_ids) WITH ORDINALITY AS given(external_id, place)
    GROUP BY external_id
"""
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
        self._starts: list[int] = []
        self.known = {bytes(row.digest): int(row.listed) for row in self._before if row.holds}
        """The digests of pages that need not be read, with the number of rows of each."""
        self.listed = 0
        """How many rows the pages have."""

    def add(self, page: ItemPage) -> None:
        """The page comes after those that were added before."""
        self._digests.append(page.digest)
        self._starts.append(self.listed)
        if page.seen:
            self.listed += self.known[page.digest]
        else:
            self.listed += page.listed
            keep_page(self._connection, self._facts, len(self._digests), page)

    def all_known(self) -> bool:
        """Whether the pages are those of the last listing, which a run has gone by already."""
        return [bytes(row.digest) if row.holds else None for row in self._before] == self._digests

    def note_items(self) -> None:
        """The temporary table `seen_items` has each item's last position, from 1, and how often it came."""
        given = self._facts | {"digests": self._digests, "starts": self._starts}
        self._connection.execute(text(SEEN), given)

    def keep(self) -> None:
        """The next run may know these pages, and no others."""
        self._connection.execute(text(TAKE_OVER), self._facts | {"digests": self._digests})
        self._connection.execute(text(FORGET_OTHERS), self._facts)

    def forget(self) -> None:
        """The next run may know what this one might have known."""
        self._connection.execute(text(FORGET_OWN), self._facts)


def keep_page(connection: Connection, facts: dict[str, Any], number: int, page: ItemPage) -> None:
    """The page is the `number`th of a run; `facts` are the `connection`'s and the `run`'s id and `types`."""
    given = {
        "number": number,
        "digest": page.digest,
        "listed": page.listed,
        "documents": packed(page.documents),
    }
    connection.execute(text(KEEP), facts | given | {"ids": json.dumps(page.external_ids)})
