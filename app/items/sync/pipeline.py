"""From the provider's first page to the committed merge."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.foundation.prefetch import prefetched
from app.integrations.gateway import open_provider
from app.integrations.models import Connection
from app.items.sync.merge import merge
from app.items.sync.staging import Staging, staging_area
from app.providers.base import ItemPage, ItemType
from app.sync.models import RunKind, RunStatus, SyncRun
from app.sync.work import ActiveRun

SHOW_SECONDS = 0.25
"""How often the run's progress is written down, and its lease renewed."""


def run_pipeline(active: ActiveRun, run: SyncRun) -> None:
    """The run has succeeded and its changes are committed with it; otherwise nothing is written."""
    connection = db.session.get_one(Connection, run.connection_id)
    types = selected_types(connection.item_types)
    apply = not run.is_preview
    db.session.rollback()
    with staging_area(connection.id, types) as staging:
        _read_all(active, staging)
        with staging.connection.begin():
            active.lock.check(staging.connection)
            counts = merge(staging, active.run_id, apply=apply)
            active.succeed(staging.connection, counts)


def selected_types(names: list[str]) -> frozenset[ItemType]:
    """The item types that pass a connection's filter; a bundle passes under both its names (CON-11)."""
    types = {ItemType(name) for name in names}
    if ItemType.GROUP in types:
        types.add(ItemType.BUNDLE)
    return frozenset(types)


def _read_all(active: ActiveRun, staging: Staging) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    produce = partial(_pages, active, staging.connection_id, staging.known_pages())
    with prefetched(app, produce, active.stop_if_cancelled) as pages:
        shown = 0.0
        for page in pages:
            staging.add(page)
            if time.monotonic() - shown > SHOW_SECONDS:
                active.progress(staging.listed)
                shown = time.monotonic()
    active.progress(staging.listed)


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
