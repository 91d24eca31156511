"""The pages of the last listing, by whose digests a sync knows an unchanged page without reading it.

They hold as long as the same item types are let in; another choice makes every page new.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from app.providers.base import ItemPage

LOAD = """
    SELECT digest, listed FROM accounting_item_pages
    WHERE connection_id = :connection AND item_types = CAST(:types AS text[])
"""
ALL_KNOWN = """
    SELECT (SELECT count(*) FROM accounting_item_pages WHERE connection_id = :connection) = (
        SELECT count(*) FROM listed_pages l JOIN accounting_item_pages p USING (number, digest)
        WHERE p.connection_id = :connection AND p.item_types = CAST(:types AS text[])
    ) AND (SELECT count(*) FROM listed_pages)
        = (SELECT count(*) FROM accounting_item_pages WHERE connection_id = :connection)
"""
FORGET = "DELETE FROM accounting_item_pages WHERE connection_id = :connection"
KEEP = """
    INSERT INTO accounting_item_pages (connection_id, number, item_types, digest, listed, external_ids)
    SELECT :connection, number, :types, digest, listed, external_ids FROM listed_pages
"""

ADD = """
    INSERT INTO accounting_item_pages (connection_id, number, item_types, digest, listed, external_ids)
    SELECT :connection, :number, :types, :digest, :listed, array_agg(id)
    FROM json_array_elements_text(CAST(:ids AS json)) AS given(id)
"""


def known_pages(connection: Connection, connection_id: int, types: list[str]) -> dict[bytes, int]:
    """The digests of the pages that the last listing had, with the number of rows of each."""
    rows = connection.execute(text(LOAD), {"connection": connection_id, "types": types})
    return {bytes(row.digest): row.listed for row in rows}


def all_known(connection: Connection, connection_id: int, types: list[str]) -> bool:
    """Whether the pages of this listing are those of the last one, which a run has gone by already."""
    facts = {"connection": connection_id, "types": types}
    return bool(connection.scalar(text(ALL_KNOWN), facts))


def keep_pages(connection: Connection, connection_id: int, types: list[str]) -> None:
    """This run's pages are those that the next one may know."""
    facts = {"connection": connection_id, "types": types}
    connection.execute(text(FORGET), facts)
    connection.execute(text(KEEP), facts)


def keep_page(
    connection: Connection, connection_id: int, number: int, types: list[str], page: ItemPage
) -> None:
    """The next run may know this page, the `number`th of the listing."""
    facts = {"connection": connection_id, "number": number, "types": types}
    facts |= {"digest": page.digest, "listed": page.listed, "ids": json.dumps(page.external_ids)}
    connection.execute(text(ADD), facts)
