"""What the workshop has built, and what waits in its queue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from app.boms.models import Bom
from app.boms.service import active_bom
from app.builds.models import Build
from app.builds.service import (
    EditFields,
    PlanFields,
    QuickFields,
    edit_planned,
    execute,
    lines_of,
    plan_build,
    quick_build,
    undo,
)
from app.demo.workshop.catalogue import Ids
from app.products.periods import workspace_today

FIRST = [("PA-FB-OAK", 2), ("FTL-OAK-N", 2)]
"""Built by the first versions of their BOMs."""
QUICK = [
    ("SA-LAMP-STEM", 8, "A second chuck halves the time."),
    ("PA-WS-BLK", 12, ""),
    ("PA-FB-OAK", 6, "Two from the darker board, for order 1043."),
    ("PA-HC-OAK", 4, ""),
    ("PA-RO", 4, ""),
    ("PA-LSO", 5, ""),
    ("CBD-M-WAL", 3, "Gift fair."),
]
PLANNED = [("FTL-OAK-N", 4, "Orders 1043 and 1045."), ("HPN-BR", 3, ""), ("MST-OAK", 4, "")]
"""Built out of the queue."""


def build_the_first(ids: Ids, user_id: int) -> None:
    """Two builds that remember older versions of their BOMs."""
    for sku, units in FIRST:
        _quick(ids, sku, units, "", user_id)


def build_and_plan(ids: Ids, user_id: int) -> None:
    """A dozen builds are done, one of them undone again, and four wait in the queue."""
    for sku, units, notes in QUICK:
        build = _quick(ids, sku, units, notes, user_id)
    undo(build.id, "One of them is cracked.", user_id)
    _quick(ids, "CBD-M-WAL", 2, "The two that are sound.", user_id)
    for planned in [_plan(ids, sku, units, notes, user_id) for sku, units, notes in PLANNED]:
        execute(planned.id, user_id)
    _plan(ids, "FTL-OAK-N", 3, "Order 1047, wanted for a birthday.", user_id, in_days=-3)
    _plan(ids, "MST-OAK", 2, "", user_id, in_days=4, assignee_id=user_id)
    _with_felt_left_out(
        _plan(ids, "PA-FB-OAK", 4, "For the gallery, whose shelves are lined.", user_id), user_id
    )
    _plan(ids, "CBD-M-WAL", 24, "For the winter market.", user_id, in_days=18)


def _active(ids: Ids, sku: str) -> Bom:
    bom = active_bom(ids[sku])
    assert bom is not None  # noqa: S101 - the recipes were saved before
    return bom


def _quick(ids: Ids, sku: str, units: int, notes: str, user_id: int) -> Build:
    return quick_build(QuickFields(_active(ids, sku).id, Decimal(units), notes), uuid4(), user_id)


def _plan(
    ids: Ids,
    sku: str,
    units: int,
    notes: str,
    user_id: int,
    *,
    in_days: int | None = None,
    assignee_id: int | None = None,
) -> Build:
    target = None if in_days is None else workspace_today() + timedelta(days=in_days)
    return plan_build(PlanFields(_active(ids, sku).id, Decimal(units), target, assignee_id, notes), user_id)


def _with_felt_left_out(build: Build, user_id: int) -> None:
    """The build asks for less than its BOM does, as the queue says."""
    felt = max(lines_of(build.id), key=lambda line: line.quantity_per_unit)
    fields = EditFields(build.quantity, notes=build.notes, lines={felt.id: Decimal(0)})
    edit_planned(build.id, fields, user_id)
