"""Builds as lists and pages word them: states, numbers, days."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.builds.models import number_of
from app.builds.statuses import BuildStatus, Recovery
from app.foundation.clock import utcnow
from app.foundation.pages.formatting import in_workspace_zone

TONES = {
    BuildStatus.PLANNED: "neutral",
    BuildStatus.EXECUTED: "warn",
    BuildStatus.PENDING_EXPORT: "info",
    BuildStatus.SYNCED: "good",
    BuildStatus.FAILED: "bad",
    BuildStatus.REJECTED: "bad",
    BuildStatus.REVERSED: "neutral",
}
MEANINGS = {
    BuildStatus.PLANNED: "In the queue. Nothing has moved yet.",
    BuildStatus.EXECUTED: "Its components are used. Its output waits for QA review.",
    BuildStatus.PENDING_EXPORT: "Done here. The books do not know of it yet.",
    BuildStatus.SYNCED: "Done, and the books know of it.",
    BuildStatus.FAILED: "Done here, but the books did not take it.",
    BuildStatus.REJECTED: "Turned down in QA review. Its components went back to stock.",
    BuildStatus.REVERSED: "Undone. Every movement of it was taken back.",
}
RECOVERED = {
    Recovery.FULL: "All of its components went back to stock.",
    Recovery.PARTIAL: "Some of its components went back to stock.",
    Recovery.NONE: "None of its components went back to stock.",
}
LOSS = "Turned down in QA review. What was lost waits to be written off in the books."


def status_label(row: Any) -> str:
    """A build's status as people read it."""
    return BuildStatus(row.status).label


def status_tone(row: Any) -> str:
    """How the status looks as a badge."""
    return TONES[BuildStatus(row.status)]


def meaning(row: Any) -> str:
    """What the status means, as a sentence; `row` is a build."""
    if row.status == BuildStatus.PENDING_EXPORT and row.is_waste:
        return LOSS
    return MEANINGS[BuildStatus(row.status)]


def recovered(build: Any) -> str:
    """What came back of a rejected build, as a sentence."""
    return RECOVERED[Recovery(build.recovery)]


def build_number(row: Any) -> str:
    """What people call a build: B-000123."""
    return number_of(row.id)


def is_overdue(row: Any) -> bool:
    """Whether a planned build's target date is past (DSH-6)."""
    return row.status == BuildStatus.PLANNED and row.target_date is not None and row.target_date < today()


def today() -> date:
    """The day it is where the workspace is."""
    return in_workspace_zone(utcnow()).date()
