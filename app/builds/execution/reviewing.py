"""QA review: an executed build is approved, or rejected with some recovery of its components (QA-1…8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.builds import loading, rules, timeline
from app.builds.execution.executing import output_of
from app.builds.execution.locking import moving
from app.builds.models import SOURCE, Build, BuildLine
from app.builds.queue import autoplanning
from app.builds.statuses import BuildStatus, Event, Recovery, RejectionReason
from app.foundation.clock import utcnow
from app.foundation.errors import InvalidInput
from app.stock.service import GiveBack, Kind, Reverse, Source, mark_exported, post


def approve(build_id: int, notes: str, user_id: int | None) -> Build:
    """The output of a build in QA review is on the shelf, at what it cost when executed (QA-3).

    Raises NotFoundError, WrongStatus, InvalidInput, SyncLockHeld, BuildInterrupted.
    """
    rules.check_notes(notes)
    with moving(build_id, Event.APPROVED, user_id) as (build, session):
        post([output_of(build, user_id)], session)
        _close(build, BuildStatus.PENDING_EXPORT, notes, user_id)
        timeline.record(
            session,
            build,
            Event.APPROVED,
            user_id,
            before=BuildStatus.EXECUTED,
            note=notes,
            at=build.reviewed_at,
        )
    autoplanning.check_after_a_build(build)
    return build


def reject(
    build_id: int,
    reason: RejectionReason,
    mode: Recovery,
    recovered: Mapping[int, Decimal],
    notes: str,
    user_id: int | None,
) -> Build:
    """A build in QA review adds no output; what `mode` says of its components is back (QA-4…8).

    `recovered` maps components to what comes back of them, and is read for partial recovery only: all of it
    is full recovery, none of it total loss (OQ-23). Raises as `approve` does, InvalidInput also with the
    field `recovered-<component id>`.
    """
    rules.check_notes(notes)
    with moving(build_id, Event.REJECTED, user_id) as (build, session):
        lines = loading.locked_lines(build, session)
        if mode is Recovery.PARTIAL:
            _check_recovered(lines, recovered)
        consumed = {line.component_id: line.consumed or rules.ZERO for line in lines}
        build.recovery = rules.recovery_of(mode, consumed, recovered)
        build.rejection_reason = reason
        _recover(build, lines, recovered, user_id, session)
        full = build.recovery == Recovery.FULL
        _close(build, BuildStatus.REJECTED if full else BuildStatus.PENDING_EXPORT, notes, user_id)
        timeline.record(
            session,
            build,
            Event.REJECTED,
            user_id,
            before=BuildStatus.EXECUTED,
            at=build.reviewed_at,
            note="; ".join(filter(None, (reason.label, Recovery(build.recovery).label, notes))),
        )
    autoplanning.check_after_a_build(build)
    return build


def _close(build: Build, status: BuildStatus, notes: str, user_id: int | None) -> None:
    build.status, build.review_notes = status, notes
    build.reviewed_at, build.reviewed_by = utcnow(), user_id


def _check_recovered(lines: Sequence[BuildLine], recovered: Mapping[int, Decimal]) -> None:
    consumed = {line.component_id: line.consumed or rules.ZERO for line in lines}
    for component_id, quantity in recovered.items():
        if component_id not in consumed:
            raise InvalidInput("The build has no such component.", "recovered")
        rules.check_amount(quantity, consumed[component_id], f"recovered-{component_id}")


def _recover(
    build: Build,
    lines: Sequence[BuildLine],
    recovered: Mapping[int, Decimal],
    user_id: int | None,
    session: Session,
) -> None:
    """The recovered part is back on the shelf, and the lines and the build know what it was and what not."""
    if build.recovery == Recovery.FULL:
        _take_all_back(build, lines, user_id, session)
    else:
        _give_back(build, lines, recovered if build.recovery == Recovery.PARTIAL else {}, user_id, session)
    back = sum((line.recovered_cost or rules.ZERO for line in lines), rules.ZERO)
    build.waste_cost = (build.material_cost or rules.ZERO) - back


def _take_all_back(build: Build, lines: Sequence[BuildLine], user_id: int | None, session: Session) -> None:
    """Every consumption has its exact opposite; there is nothing that the books would have to know."""
    source = Source(SOURCE, build.id)
    post([Reverse(source=source, kind=Kind.BUILD_RECOVERY, user_id=user_id, awaits_export=True)], session)
    mark_exported(source, session)
    for line in lines:
        line.recovered, line.recovered_cost = line.consumed, line.consumed_cost


def _give_back(
    build: Build,
    lines: Sequence[BuildLine],
    recovered: Mapping[int, Decimal],
    user_id: int | None,
    session: Session,
) -> None:
    """Of each consumption the recovered part is back, from the lots drawn last (OQ-23)."""
    for line in lines:
        line.recovered, line.recovered_cost = recovered.get(line.component_id, rules.ZERO), rules.ZERO
    returned = [line for line in lines if line.recovered]
    for posted in post([_return(build, line, user_id) for line in returned], session).transactions:
        if posted.kind == Kind.BUILD_RECOVERY:
            returned[posted.movement].recovered_cost = posted.cost


def _return(build: Build, line: BuildLine, user_id: int | None) -> GiveBack:
    assert line.transaction_id is not None and line.recovered is not None  # noqa: S101 - it was consumed
    return GiveBack(
        transaction_id=line.transaction_id,
        quantity=line.recovered,
        kind=Kind.BUILD_RECOVERY,
        source=Source(SOURCE, build.id),
        user_id=user_id,
        awaits_export=True,
    )
