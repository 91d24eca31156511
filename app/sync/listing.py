"""The lists of runs, and of what one run changed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import QueryableAttribute

from app.foundation.lists.tables import Column, Filter, Listing
from app.sync.changes import as_text
from app.sync.models import EntryAction, RunKind, RunStatus, SyncEntry, SyncRun


def _equal(column: QueryableAttribute[str]) -> Callable[[str], ColumnElement[bool] | None]:
    """A filter's condition that the column has the chosen value; the empty choice leaves everything."""
    return lambda value: column == value if value else None


def _by_words(text: str) -> ColumnElement[bool]:
    return func.lower(SyncEntry.name).contains(text.lower(), autoescape=True) | (
        SyncEntry.external_id == text
    )


RUNS = Listing(
    name="sync-runs",
    noun="run",
    key=SyncRun.id,
    columns=(
        Column("title", "Run"),
        Column("status", "Status"),
        Column("queued_at", "Started", sort=SyncRun.queued_at),
        Column("seconds", "Seconds", numeric=True),
        Column("created", "Created", numeric=True),
        Column("updated", "Updated", numeric=True),
        Column("deactivated", "Deactivated", numeric=True),
        Column("skipped", "Skipped", numeric=True),
        Column("stock_changed", "Stock changed", numeric=True),
    ),
    default_sort="-queued_at",
    filters=(
        Filter(
            "status",
            "Status",
            (("", "All"), *((status.value, status.value.capitalize()) for status in RunStatus)),
            _equal(SyncRun.status),
        ),
        Filter(
            "kind",
            "Kind",
            (("", "All"), (RunKind.ITEM_SYNC, "Item syncs"), (RunKind.ITEM_PREVIEW, "Previews")),
            _equal(SyncRun.kind),
        ),
    ),
)

ENTRIES = Listing(
    name="sync-run",
    noun="change",
    key=SyncEntry.id,
    columns=(
        Column("name", "Name"),
        Column("external_id", "Id in the books"),
        Column(
            "action",
            "What happened",
            sort=SyncEntry.action,
            value=lambda entry: EntryAction(entry.action).label.lower(),
        ),
        Column("changes", "Fields", value=lambda entry: as_text(entry.changes)),
    ),
    default_sort="action",
    search=_by_words,
    search_hint="Name or id",
    filters=(
        Filter(
            "action",
            "What happened",
            (("", "Everything"), *((action.value, action.label) for action in EntryAction)),
            _equal(SyncEntry.action),
        ),
    ),
)


def entries_of(run: SyncRun) -> Select[SyncEntry]:
    """What the run changed."""
    return select(SyncEntry).where(SyncEntry.run_id == run.id)
