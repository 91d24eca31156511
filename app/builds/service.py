"""The way into builds: what a person can do with one, and what may be asked of it.

Every function that changes something is one use case and owns its transaction. Refusals are sentences:
NotFoundError (404) for an id that is not there, InvalidInput naming the field, Conflict for what the state of
things forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.builds.models import Build, BuildEvent, BuildLine
from app.builds.statuses import Recovery, RejectionReason
from app.builds.values import BuildPreview, Direction, EditFields, PlanFields, QuickFields
from app.people.models import User


def get_build(build_id: int) -> Build:
    """The build; raises NotFoundError."""
    raise NotImplementedError


def lines_of(build_id: int) -> Sequence[BuildLine]:
    """The build's lines in their order."""
    raise NotImplementedError


def events_of(build_id: int) -> Sequence[BuildEvent]:
    """What happened to the build, the first event first."""
    raise NotImplementedError


def assignees() -> Sequence[User]:
    """The people to whom a build can be assigned: active members, by name (BLD-36)."""
    raise NotImplementedError


def estimated_costs(build_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each planned build would cost in all at present unit costs (BLD-24); two queries."""
    raise NotImplementedError


def preview(bom_id: int, quantity: Decimal) -> BuildPreview:
    """What a quick build would do just now (BLD-40); raises NotFoundError, InvalidInput."""
    raise NotImplementedError


def preview_build(build_id: int) -> BuildPreview:
    """What executing a planned build would do just now; raises NotFoundError, WrongStatus."""
    raise NotImplementedError


def plan_build(fields: PlanFields, user_id: int | None) -> Build:
    """A planned build stands at the end of the queue; raises NotFoundError, BomNotActive, InvalidInput."""
    raise NotImplementedError


def edit_planned(build_id: int, fields: EditFields, user_id: int | None) -> Build:
    """The planned build is as entered; raises NotFoundError, WrongStatus, InvalidInput naming the field.

    The field of a line's quantity is called `line-<id>`.
    """
    raise NotImplementedError


def assign(build_id: int, assignee_id: int | None, user_id: int | None) -> Build:
    """The planned build is assigned, or to nobody (BLD-35); raises as `edit_planned` does."""
    raise NotImplementedError


def move(build_id: int, direction: Direction, user_id: int | None) -> Build:
    """The planned build stands one place higher or lower, or first (BLD-25); no change at either end."""
    raise NotImplementedError


def delete_planned(build_id: int, user_id: int | None) -> None:
    """The planned build is gone; raises NotFoundError, WrongStatus."""
    raise NotImplementedError


def move_to_active_version(build_id: int, user_id: int | None) -> Build:
    """The planned build uses its product's active BOM version, its lines made anew (OQ-22).

    Raises NotFoundError, WrongStatus, BomNotActive when the product has no active version.
    """
    raise NotImplementedError


def quick_build(fields: QuickFields, token: UUID, user_id: int | None) -> Build:
    """A build that was never planned has been executed (BLD-10); a `token` builds once, however often sent.

    Raises AlreadyBuilt, which carries the build of that token, and as `execute` does.
    """
    raise NotImplementedError


def execute(build_id: int, user_id: int | None) -> Build:
    """The planned build's components have been used; its output is on the shelf, or waits for QA review.

    All of it in one transaction, under the sync lock (BLD-44, BLD-50). Raises NotFoundError, WrongStatus,
    BomNotActive, ComponentsMissing with every gap, AssigneeMissing, ProductInactive, SyncLockHeld.
    """
    raise NotImplementedError


def approve(build_id: int, notes: str, user_id: int | None) -> Build:
    """The output of a build in QA review is on the shelf (QA-3); raises NotFoundError, WrongStatus."""
    raise NotImplementedError


def reject(
    build_id: int,
    reason: RejectionReason,
    mode: Recovery,
    recovered: Mapping[int, Decimal],
    notes: str,
    user_id: int | None,
) -> Build:
    """A build in QA review adds no output; what `mode` says of its components is back (QA-4…8).

    `recovered` maps components to what comes back of them, for partial recovery only. Raises NotFoundError,
    WrongStatus, InvalidInput with the field `recovered-<component id>`.
    """
    raise NotImplementedError


def undo(build_id: int, notes: str, user_id: int | None) -> Build:
    """Every movement of the build has its exact opposite and it is reversed (OQ-20).

    The page asks for Owner or Admin. Raises NotFoundError, WrongStatus, OutputUsed.
    """
    raise NotImplementedError


def undo_refusal(build_id: int) -> str | None:
    """Why the build cannot be undone just now, as a sentence; None when it can."""
    raise NotImplementedError


def record_export(build_id: int, user_id: int | None, session: Session) -> None:
    """The books have the build, and know of its movements; within the caller's transaction."""
    raise NotImplementedError


def record_export_failure(build_id: int, message: str, user_id: int | None, session: Session) -> None:
    """The build's export failed for the reason in `message`; within the caller's transaction."""
    raise NotImplementedError


def check_build_points(product_ids: Iterable[int] | None = None) -> None:
    """Products at or below their build point have an auto-planned build, if that is on (BLD-29, OQ-25)."""
    raise NotImplementedError
