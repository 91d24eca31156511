"""One build as its page shows it, as finished values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.boms.models import Bom, BomStatus
from app.builds import service
from app.builds.display.components import (
    Component,
    CostLine,
    Happening,
    components_of,
    cost_lines_of,
    output_lot,
    timeline_of,
)
from app.builds.models import Build
from app.builds.statuses import POSSIBLE, BuildStatus, Event, RejectionReason
from app.builds.values import BuildPreview
from app.extensions import db
from app.people.models import User
from app.products.models import Product


@dataclass(frozen=True)
class BuildPage:
    """A build with all that is told of it; `preview` only while it is planned."""

    build: Build
    product: Product
    bom: Bom
    components: Sequence[Component]
    cost_lines: Sequence[CostLine]
    timeline: Sequence[Happening]
    people: Mapping[int, str]
    lot: str | None
    preview: BuildPreview | None

    @property
    def is_planned(self) -> bool:
        """Whether it stands in the queue."""
        return self.build.status == BuildStatus.PLANNED

    @property
    def waits_for_review(self) -> bool:
        """Whether somebody has to approve or reject it."""
        return self.build.status == BuildStatus.EXECUTED

    @property
    def can_be_undone(self) -> bool:
        """Whether its status lets it be undone, if its output is still there (OQ-20)."""
        return self.build.status in POSSIBLE[Event.REVERSED]

    @property
    def is_outdated(self) -> bool:
        """Whether it is planned with a BOM version that can no longer be built (OQ-22)."""
        return self.is_planned and self.bom.status != BomStatus.ACTIVE

    @property
    def was_rejected(self) -> bool:
        """Whether QA review turned it down."""
        return self.build.rejection_reason is not None

    @property
    def reason(self) -> str:
        """Why it was rejected, in words."""
        return RejectionReason(self.build.rejection_reason).label if self.build.rejection_reason else ""

    @property
    def failure(self) -> str:
        """Why the books did not take it, when that is where it stands."""
        if self.build.status != BuildStatus.FAILED:
            return ""
        notes = [each.event.note for each in self.timeline if each.event.event == Event.EXPORT_FAILED]
        return notes[0] if notes else ""

    def who(self, user_id: int | None) -> str:
        """A person's name; "Lotledger" for what nobody did."""
        return self.people.get(user_id, "Lotledger") if user_id else "Lotledger"


def build_page(build_id: int) -> BuildPage:
    """The page's values as of now; raises NotFoundError."""
    build = service.get_build(build_id)
    planned = build.status == BuildStatus.PLANNED
    return BuildPage(
        build=build,
        product=db.session.get_one(Product, build.product_id),
        bom=db.session.get_one(Bom, build.bom_id),
        components=components_of(build_id),
        cost_lines=cost_lines_of(build),
        timeline=timeline_of(build_id),
        people=_people(build),
        lot=None if planned else output_lot(build),
        preview=service.preview_build(build_id) if planned else None,
    )


def _people(build: Build) -> dict[int, str]:
    named = {
        build.assignee_id,
        build.created_by,
        build.executed_by,
        build.reviewed_by,
        build.reversed_by,
    } - {None}
    found = db.session.scalars(select(User).where(User.id.in_(named))) if named else ()
    return {user.id: user.full_name for user in found}
