"""The temporary tables of one run, on a database connection of their own.

Each page is staged in a short transaction, so that none is open while the provider is awaited. Only items
that are new or differ carry their fields into `staged_items`; every item that the provider listed leaves
its id and its standing in `listed_items`, from which the merge learns what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import simplejson
from sqlalchemy import Connection, text

from app.extensions import db
from app.items.sync.fingerprint import FIELDS, fingerprint
from app.providers.base import ItemType, RemoteItem

ACTIVE, INACTIVE, UNSELECTED = "active", "inactive", "unselected"

TABLES = """
    CREATE TEMPORARY TABLE listed_items (position integer, external_id text, standing text);
    CREATE TEMPORARY TABLE staged_items (
        position integer, external_id text,
        name text, full_name text, sku text, item_type text,
        unit_price numeric(18, 6), purchase_cost numeric(18, 6), quantity_on_hand numeric(18, 4),
        income_account_id text, expense_account_id text, asset_account_id text,
        content_hash bytea, raw jsonb
    )
"""
KNOWN = """
    SELECT external_id, content_hash, active FROM accounting_items
    WHERE connection_id = :connection AND external_id = ANY(:ids)
"""
COPY_LISTED = "COPY listed_items (position, external_id, standing) FROM STDIN"
COPY_STAGED = f"COPY staged_items (position, external_id, {', '.join(FIELDS)}, content_hash, raw) FROM STDIN"


class Known(NamedTuple):
    """What the last sync left of an item."""

    content_hash: bytes
    active: bool


class Staging:
    """What this run has read so far."""

    def __init__(self, connection: Connection, connection_id: int, types: frozenset[ItemType]) -> None:
        self.connection = connection
        self.connection_id = connection_id
        self.types = types
        self.listed = 0

    def add(self, page: Sequence[RemoteItem]) -> None:
        """The page is staged; an item that a later page repeats will count once, as it was listed last."""
        start, self.listed = self.listed, self.listed + len(page)
        with self.connection.begin():
            known = self._known([item.external_id for item in page])
            listed, staged = self._sorted_out(page, start, known)
            self._copy(COPY_LISTED, listed)
            if staged:
                self._copy(COPY_STAGED, staged)

    def _sorted_out(
        self, page: Sequence[RemoteItem], start: int, known: dict[str, Known]
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        listed: list[tuple[Any, ...]] = []
        staged: list[tuple[Any, ...]] = []
        for position, item in enumerate(page, start):
            standing = self._standing(item)
            listed.append((position, item.external_id, standing))
            if standing == ACTIVE:
                content_hash = fingerprint(item)
                if known.get(item.external_id) != (content_hash, True):
                    staged.append(_row(position, item, content_hash))
        return listed, staged

    def _standing(self, item: RemoteItem) -> str:
        if item.item_type not in self.types:
            return UNSELECTED
        return ACTIVE if item.active else INACTIVE

    def _known(self, external_ids: list[str]) -> dict[str, Known]:
        rows = self.connection.execute(text(KNOWN), {"connection": self.connection_id, "ids": external_ids})
        return {row[0]: Known(row[1], row[2]) for row in rows}

    def _copy(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        driver: Any = self.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _row(position: int, item: RemoteItem, content_hash: bytes) -> tuple[Any, ...]:
    raw = simplejson.dumps(item.raw, use_decimal=True)
    return (position, *item[:1], *(getattr(item, field) for field in FIELDS), content_hash, raw)


@contextmanager
def staging_area(connection_id: int, types: frozenset[ItemType]) -> Iterator[Staging]:
    """Empty temporary tables, gone with their database connection when the block ends."""
    with db.engine.connect() as connection:
        try:
            with connection.begin():
                connection.execute(text(TABLES))
            yield Staging(connection, connection_id, types)
        finally:
            connection.invalidate()
