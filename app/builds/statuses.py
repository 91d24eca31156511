"""Where a build can stand and what can happen to it there (product.md, section 11). No database, no Flask."""

from __future__ import annotations

from enum import StrEnum


class BuildStatus(StrEnum):
    """Where a build stands (BLD-1, BLD-3)."""

    PLANNED = "planned"
    EXECUTED = "executed"
    PENDING_EXPORT = "pending_export"
    SYNCED = "synced"
    FAILED = "failed"
    REJECTED = "rejected"
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        """The status as people read it; executed is what waits for QA review (QA-2)."""
        return STATUS_LABELS[self]


class Event(StrEnum):
    """What can happen to a build."""

    PLANNED = "planned"
    EDITED = "edited"
    MOVED = "moved"
    ASSIGNED = "assigned"
    RENEWED = "renewed"
    DELETED = "deleted"
    EXECUTED = "executed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPORTED = "exported"
    EXPORT_FAILED = "export_failed"
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        """What happened, as the timeline says it."""
        return EVENT_LABELS[self]


class RejectionReason(StrEnum):
    """Why a build is rejected (QA-4)."""

    QUALITY_DEFECT = "quality_defect"
    WRONG_MATERIALS = "wrong_materials"
    EQUIPMENT_FAILURE = "equipment_failure"
    PROCESS_ERROR = "process_error"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason as people read it."""
        return REASON_LABELS[self]


class Recovery(StrEnum):
    """What comes back of a rejected build's components (QA-5…7)."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"

    @property
    def label(self) -> str:
        """The mode as people read it."""
        return RECOVERY_LABELS[self]


STATUS_LABELS = {
    BuildStatus.PLANNED: "Planned",
    BuildStatus.EXECUTED: "Executed",
    BuildStatus.PENDING_EXPORT: "Pending export",
    BuildStatus.SYNCED: "Synced",
    BuildStatus.FAILED: "Failed",
    BuildStatus.REJECTED: "Rejected",
    BuildStatus.REVERSED: "Reversed",
}
EVENT_LABELS = {
    Event.PLANNED: "Planned",
    Event.EDITED: "Edited",
    Event.MOVED: "Moved in the queue",
    Event.ASSIGNED: "Assigned",
    Event.RENEWED: "Moved to the active BOM version",
    Event.DELETED: "Deleted",
    Event.EXECUTED: "Executed",
    Event.APPROVED: "Approved",
    Event.REJECTED: "Rejected",
    Event.EXPORTED: "Exported",
    Event.EXPORT_FAILED: "Export failed",
    Event.REVERSED: "Reversed",
}
REASON_LABELS = {
    RejectionReason.QUALITY_DEFECT: "Quality defect",
    RejectionReason.WRONG_MATERIALS: "Wrong materials",
    RejectionReason.EQUIPMENT_FAILURE: "Equipment failure",
    RejectionReason.PROCESS_ERROR: "Process error",
    RejectionReason.OTHER: "Other",
}
RECOVERY_LABELS = {
    Recovery.FULL: "Full recovery: all components go back to stock",
    Recovery.PARTIAL: "Partial recovery: some of them go back",
    Recovery.NONE: "Total loss: nothing goes back",
}

_QUEUED = frozenset({BuildStatus.PLANNED})
_IN_REVIEW = frozenset({BuildStatus.EXECUTED})

POSSIBLE: dict[Event, frozenset[BuildStatus]] = {
    Event.EDITED: _QUEUED,
    Event.MOVED: _QUEUED,
    Event.ASSIGNED: _QUEUED,
    Event.RENEWED: _QUEUED,
    Event.DELETED: _QUEUED,
    Event.EXECUTED: _QUEUED,
    Event.APPROVED: _IN_REVIEW,
    Event.REJECTED: _IN_REVIEW,
    Event.EXPORTED: frozenset({BuildStatus.PENDING_EXPORT, BuildStatus.FAILED}),
    Event.EXPORT_FAILED: frozenset({BuildStatus.PENDING_EXPORT}),
    Event.REVERSED: frozenset({BuildStatus.EXECUTED, BuildStatus.PENDING_EXPORT, BuildStatus.FAILED}),
}
"""Where each event can happen; a build is born by `Event.PLANNED`, or executed at once (BLD-2)."""

_STANDS = {
    BuildStatus.PLANNED: "is planned and has not been executed yet",
    BuildStatus.EXECUTED: "has been executed already and waits for QA review",
    BuildStatus.PENDING_EXPORT: "has been executed already and waits for its export",
    BuildStatus.SYNCED: "has been executed and exported to the books already",
    BuildStatus.FAILED: "has been executed already, and its export failed",
    BuildStatus.REJECTED: "has been executed and rejected already",
    BuildStatus.REVERSED: "has been executed and reversed already",
}
_VERBS = {
    Event.EDITED: "edited",
    Event.MOVED: "moved in the queue",
    Event.ASSIGNED: "assigned",
    Event.RENEWED: "moved to another BOM version",
    Event.DELETED: "deleted",
    Event.EXECUTED: "executed again",
    Event.APPROVED: "approved",
    Event.REJECTED: "rejected",
    Event.EXPORTED: "exported",
    Event.EXPORT_FAILED: "marked as failed",
    Event.REVERSED: "reversed",
}


def refusal(number: str, status: BuildStatus, event: Event) -> str | None:
    """Why the event cannot happen to build `number` in this status, as a sentence; None when it can."""
    if status in POSSIBLE[event]:
        return None
    return f"{number} {_STANDS[status]}, so it cannot be {_VERBS[event]}. Nothing was changed."
