"""From the provider's first page to the committed merge."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Protocol, TypeVar

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.foundation.background.prefetch import prefetched
from app.integrations.gateway import open_provider
from app.integrations.models import Connection
from app.items.sync.first import first_listing, nothing_stored
from app.items.sync.merge import merge
from app.items.sync.staging import later_listing
from app.providers.base import ItemPage, ItemType
from app.providers.documents import collector_paused
from app.sync.models import RunKind, RunStatus, SyncRun
from app.sync.work import ActiveRun

SHOW_SECONDS = 0.25
"""How often the run's progress is written down, and its lease renewed."""


Read = TypeVar("Read")


class Listing(Protocol[Read]):
    """What the pages are added to."""

    connection_id: int

    @property
    def listed(self) -> int:
        """How many rows were listed so far."""

    def known_pages(self) -> dict[bytes, int]:
        """The digests of pages that need not be read, with the number of rows of each."""

    def read(self, page: ItemPage) -> Read:
        """What `add` wants of the page; called in another thread, while the page before it is added."""

    def add(self, read: Read) -> None:
        """The page is kept until the run ends."""


def run_pipeline(active: ActiveRun, run: SyncRun) -> None:
    """The run has succeeded and its changes are committed with it; otherwise nothing is written."""
    connection = db.session.get_one(Connection, run.connection_id)
    connection_id, types = connection.id, selected_types(connection.item_types)
    first = not run.is_preview and nothing_stored(db.session(), connection_id)
    apply = not run.is_preview
    db.session.rollback()
    if first:
        _store_as_it_comes(active, connection_id, types)
    else:
        _compare_and_merge(active, connection_id, types, apply=apply)


def _store_as_it_comes(active: ActiveRun, connection_id: int, types: frozenset[ItemType]) -> None:
    with first_listing(active, connection_id, types) as listing:
        _read_all(active, listing)
        active.lock.check(listing.connection)
        active.succeed(listing.connection, listing.counts())


def _compare_and_merge(
    active: ActiveRun, connection_id: int, types: frozenset[ItemType], *, apply: bool
) -> None:
    with later_listing(active, connection_id, types) as listing:
        _read_all(active, listing)
        active.lock.check(listing.connection)
        active.succeed(listing.connection, merge(listing, apply=apply))


def selected_types(names: list[str]) -> frozenset[ItemType]:
    """The item types that pass a connection's filter; a bundle passes under both its names (CON-11)."""
    types = {ItemType(name) for name in names}
    if ItemType.GROUP in types:
        types.add(ItemType.BUNDLE)
    return frozenset(types)


def _read_all(active: ActiveRun, listing: Listing[Read]) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    known = listing.known_pages()

    def produce(stop: threading.Event) -> Iterator[Read]:
        return map(listing.read, _pages(active, listing.connection_id, known, stop))

    with collector_paused(), prefetched(app, produce, active.stop_if_cancelled) as pages:
        shown = 0.0
        for page in pages:
            listing.add(page)
            if time.monotonic() - shown > SHOW_SECONDS:
                active.progress(listing.listed)
                shown = time.monotonic()
    active.progress(listing.listed)


def _pages(
    active: ActiveRun, connection_id: int, seen: dict[bytes, int], stop: threading.Event
) -> Iterator[ItemPage]:
    """The provider's pages, after telling the run how many items to expect.

    Only before the first success is the provider asked for the count, and its word taken for the end: there
    is nothing yet that a wrong count could make us miss. Later runs expect what the last one found and read
    until the provider has no more. Either way a catalogue of N items costs ⌈N/1000⌉ + 1 requests at most.
    """
    with closing(open_provider(connection_id, stop.is_set)) as provider:
        found = _found_last_time(connection_id)
        total = provider.count_items() if found is None else None
        active.expect(total if found is None else found)
        yield from provider.items(total, seen)


def _found_last_time(connection_id: int) -> int | None:
    statement = (
        select(SyncRun.processed)
        .where(SyncRun.connection_id == connection_id, SyncRun.status == RunStatus.SUCCEEDED)
        .where(SyncRun.kind.in_((RunKind.ITEM_SYNC, RunKind.ITEM_PREVIEW)))
        .order_by(SyncRun.id.desc())
        .limit(1)
    )
    found = db.session.scalar(statement)
    db.session.rollback()
    return found
