"""A company's first listing, stored as it comes, in the transaction that ends the run.

There is nothing to compare with yet, so a page goes straight into its tables while the next one is read;
later listings are staged and merged, see `staging`. Nobody sees any of it before the commit. The database
ends the transaction if we fall silent in it for as long as a lease lasts, so that a paused holder keeps
nobody waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, exists, or_, select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.copying import Copier, send
from app.items.documents import packed
from app.items.models import AccountingItem
from app.items.models import ItemPage as KnownPage
from app.items.sync.known import KEEP, facts_of
from app.providers.base import ItemPage, ItemType, RemoteItem
from app.sync.models import EntryAction
from app.sync.work import ActiveRun, Counts

COPY_ITEMS = f"""
    COPY accounting_items ({", ".join(RemoteItem._fields)}, content_hash, connection_id, first_seen_at,
        changed_at) FROM STDIN
"""
COPY_ENTRIES = "COPY sync_entries (run_id, external_id, name, action) FROM STDIN"
# Words of new items wait in the search index's list for the next vacuum, rather than being sorted in at once.
LEAVE_WORDS = "SET LOCAL gin_pending_list_limit = '64MB'"
# A transaction that was left open would keep those who list the same company waiting for its rows. A holder
# may have been stopped in the middle of sending some, which no time-out of the database ends.
CLAIM = "SELECT pg_advisory_xact_lock(:space, :connection)"
END_FORMER = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND classid = :space AND objid = :connection AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND EXISTS (SELECT FROM workspace WHERE sync_fence = :fence)
"""
CREATED = EntryAction.CREATED.value
LISTING = 7_306
"""The space of these advisory locks."""
TAKE_BACK = (
    "DELETE FROM accounting_items WHERE connection_id = :connection AND external_id = ANY(:ids)",
    "DELETE FROM sync_entries WHERE run_id = :run AND external_id = ANY(:ids)",
)


def nothing_stored(session: Session, connection_id: int) -> bool:
    """Whether nothing of the company was ever listed, or all that was is forgotten."""
    kept = exists().where(AccountingItem.connection_id == connection_id)
    known = exists().where(KnownPage.connection_id == connection_id)
    return not session.scalar(select(or_(kept, known)))


@contextmanager
def first_listing(
    active: ActiveRun, connection_id: int, types: frozenset[ItemType]
) -> Iterator[FirstListing]:
    """A listing in a transaction that is committed when the block ends well.

    A former holder of the sync lock that has not finished its own never will: its transaction is ended.
    """
    facts = {"space": LISTING, "connection": connection_id}
    with db.engine.begin() as connection:
        active.lock.limit_silence(connection)
        connection.execute(text(END_FORMER), facts | {"fence": active.lock.fence})
        connection.execute(text(CLAIM), facts)
        yield FirstListing(connection, connection_id, active.run_id, types)


class ReadPage(NamedTuple):
    """A page, its documents packed, and rows of its active items of the selected types: `stored` of them."""

    page: ItemPage
    documents: bytes
    items: bytes
    entries: bytes
    stored: int


class FirstListing:
    """What this run has read and written so far; only active items of the selected types are stored."""

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
        self._facts = {"connection": connection_id, "run": run_id, "types": self.type_names}
        self._ids: set[str] = set()
        self._stored = 0
        self._copier = Copier(connection)
        connection.execute(text(LEAVE_WORDS))
        self._now = utcnow().isoformat()  # as text, since it is written with each row

    def known_pages(self) -> dict[bytes, int]:
        """None: every page has to be read."""
        return {}

    def read(self, page: ItemPage) -> ReadPage:
        """The page's items, read while an earlier page is stored."""
        items, entries = [], []
        for item, digest in zip(page, page.digests, strict=True):
            if item.active and item.item_type in self.types:
                items.append((*item, digest, self.connection_id, self._now, self._now))
                entries.append((self.run_id, item.external_id, item.name, CREATED))
        made = self._copier.made_of
        return ReadPage(page, packed(page.documents), made(items), made(entries), len(items))

    def add(self, read: ReadPage) -> None:
        """The page is stored; of an item that an earlier page had, this one's word holds."""
        ids = read.page.external_ids
        self.pages += 1
        self.listed += len(ids)
        self._take_back([each for each in ids if each in self._ids])
        self._ids.update(ids)
        send(self.connection, COPY_ITEMS, read.items)
        send(self.connection, COPY_ENTRIES, read.entries)
        given = self._facts | facts_of(self.pages, read.page, read.documents)
        self.connection.execute(text(KEEP), given)
        self._stored += read.stored

    def counts(self) -> Counts:
        """The counts of what was stored; each listed item counts once."""
        return Counts(created=self._stored, skipped=len(self._ids) - self._stored)

    def _take_back(self, ids: list[str]) -> None:
        """These items are as if they had not been listed yet."""
        if not ids:
            return
        facts = self._facts | {"ids": ids}
        taken = [self.connection.execute(text(statement), facts).rowcount for statement in TAKE_BACK]
        self._stored -= taken[0]
