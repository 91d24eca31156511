"""Builders of builds: all need an open application context, and a workspace, whose lock builds take."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.boms.models import Bom
from app.builds import service
from app.builds.models import Build
from app.builds.statuses import BuildStatus, Recovery, RejectionReason
from app.builds.values import PlanFields, QuickFields
from app.foundation.transaction import transaction
from app.workspace.features import Feature, turn
from tests.support.boms import buildable, create_bom, labor
from tests.support.products import create_product
from tests.support.stock import on_hand, stocked

D = Decimal


@dataclass(frozen=True)
class Shop:
    """One product that can be built, and what goes into it."""

    bom: Bom
    product_id: int
    board: int
    screw: int
    wax: int

    def stock(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """What is on hand of the output, boards, screws and wax."""
        return on_hand(self.product_id), on_hand(self.board), on_hand(self.screw), on_hand(self.wax)


def create_shop(*, board: int = 20, screw: int = 100, wax: int = 20) -> Shop:
    """A box of two boards at 3.50, eight screws at 0.05, wax at 1.20 if there is some, and 5.00 of labor."""
    parts = [
        create_product(name="Board", unit="pcs").id,
        create_product(name="Screw").id,
        create_product(name="Wax").id,
    ]
    for product_id, quantity, cost in zip(parts, (board, screw, wax), ("3.50", "0.05", "1.20"), strict=True):
        if quantity:
            stocked(product_id, quantity, cost)
    product_id = buildable(name="Box").id
    bom = create_bom(product_id, {parts[0]: 2, parts[1]: 8}, {parts[2]: 1}, costs=(labor(),))
    return Shop(bom, product_id, *parts)


def switch_on(*features: Feature) -> None:
    """The workspace uses these features."""
    for feature in features:
        turn(feature, True, None)


def switch_off(*features: Feature) -> None:
    """The workspace uses these features no more."""
    for feature in features:
        turn(feature, False, None)


def planned(bom_id: int, quantity: str | int = 2, user_id: int | None = None, **overrides: Any) -> Build:
    """A planned build at the end of the queue."""
    return service.plan_build(PlanFields(bom_id, Decimal(quantity), **overrides), user_id)


def built(bom_id: int, quantity: str | int = 2, user_id: int | None = None) -> Build:
    """A quick build that has been executed."""
    return service.quick_build(QuickFields(bom_id, Decimal(quantity)), uuid4(), user_id)


def in_review(bom_id: int, quantity: str | int = 2, user_id: int | None = None) -> Build:
    """A build that waits for QA review, which is off again."""
    switch_on(Feature.QA_REVIEW)
    build = built(bom_id, quantity, user_id)
    switch_off(Feature.QA_REVIEW)
    return build


def exported(build_id: int, user_id: int | None = None) -> None:
    """The books have the build."""
    with transaction() as session:
        service.record_export(build_id, user_id, session)


def export_failed(build_id: int, message: str = "The books refused it.", user_id: int | None = None) -> None:
    """The books have refused the build."""
    with transaction() as session:
        service.record_export_failure(build_id, message, user_id, session)


def rejected(
    build_id: int,
    mode: Recovery = Recovery.FULL,
    recovered: dict[int, Decimal] | None = None,
    user_id: int | None = None,
) -> Build:
    """A build in review that was rejected for a quality defect."""
    reason = RejectionReason.QUALITY_DEFECT
    return service.reject(build_id, reason, mode, recovered or {}, "", user_id)


def build_in(status: BuildStatus, bom_id: int, quantity: str | int = 2) -> Build:
    """A build that stands in `status`, having come there the ordinary way."""
    if status is BuildStatus.PLANNED:
        return planned(bom_id, quantity)
    if status in (BuildStatus.EXECUTED, BuildStatus.REJECTED):
        build = in_review(bom_id, quantity)
        return rejected(build.id) if status is BuildStatus.REJECTED else build
    build = built(bom_id, quantity)
    if status is BuildStatus.SYNCED:
        exported(build.id)
    elif status is BuildStatus.FAILED:
        export_failed(build.id)
    elif status is BuildStatus.REVERSED:
        service.undo(build.id, "", None)
    return service.get_build(build.id)
