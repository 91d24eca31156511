"""The way into builds: what a person can do with one, and what may be asked of it.

Each function that changes something is one use case and owns its transaction, but for the two that record
what became of an export. Refusals are sentences: NotFoundError (404) for an id that is not there,
InvalidInput naming the field, Conflict for what the state of things forbids (see `errors`).
"""

from __future__ import annotations

from app.builds.errors import (
    AlreadyBuilt,
    AlreadyMade,
    AlreadyPlanned,
    AssigneeMissing,
    BomNotActive,
    BuildChanged,
    BuildInterrupted,
    ComponentsMissing,
    Gap,
    OutputUsed,
    ProductInactive,
    TooCostly,
    WrongStatus,
)
from app.builds.execution.executing import execute, quick_build
from app.builds.execution.previewing import estimated_costs, preview, preview_build
from app.builds.execution.reversing import undo, undo_refusal
from app.builds.execution.reviewing import approve, reject
from app.builds.exporting import record_export, record_export_failure
from app.builds.loading import assignees, events_of, get_build, lines_of
from app.builds.queue.autoplanning import check_build_points
from app.builds.queue.changes import as_seen, ensure_unchanged
from app.builds.queue.editing import edit_planned
from app.builds.queue.order import move, move_after, move_before
from app.builds.queue.planning import assign, delete_planned, move_to_active_version, plan_build
from app.builds.statuses import BuildStatus, Event, Recovery, RejectionReason
from app.builds.values import (
    AddedLine,
    Allocation,
    BuildPreview,
    Direction,
    EditFields,
    PlanFields,
    PreviewCost,
    PreviewLine,
    QuickFields,
)

__all__ = [
    "AddedLine",
    "Allocation",
    "AlreadyBuilt",
    "AlreadyMade",
    "AlreadyPlanned",
    "AssigneeMissing",
    "BomNotActive",
    "BuildChanged",
    "BuildInterrupted",
    "BuildPreview",
    "BuildStatus",
    "ComponentsMissing",
    "Direction",
    "EditFields",
    "Event",
    "Gap",
    "OutputUsed",
    "PlanFields",
    "PreviewCost",
    "PreviewLine",
    "ProductInactive",
    "QuickFields",
    "Recovery",
    "RejectionReason",
    "TooCostly",
    "WrongStatus",
    "approve",
    "as_seen",
    "assign",
    "assignees",
    "check_build_points",
    "delete_planned",
    "edit_planned",
    "ensure_unchanged",
    "estimated_costs",
    "events_of",
    "execute",
    "get_build",
    "lines_of",
    "move",
    "move_after",
    "move_before",
    "move_to_active_version",
    "plan_build",
    "preview",
    "preview_build",
    "quick_build",
    "record_export",
    "record_export_failure",
    "reject",
    "undo",
    "undo_refusal",
]
