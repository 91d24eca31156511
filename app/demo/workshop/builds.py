"""What the workshop has built, and what waits in its queue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
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
from app.demo.workshop.calendar import Calendar
from app.demo.workshop.catalogue import Ids
from app.products.periods import workspace_today

FIRST = [(12, "PA-FB-OAK", 2), (11, "FTL-OAK-N", 2)]
"""Built by the first versions of their BOMs, so many days ago."""
QUICK = [
    (10, "SA-LAMP-STEM", 8, "A second chuck halves the time."),
    (10, "PA-WS-BLK", 12, ""),
    (9, "PA-FB-OAK", 6, "Two from the darker board, for order 1043."),
    (8, "PA-HC-OAK", 4, ""),
    (7, "PA-RO", 4, ""),
    (7, "PA-LSO", 5, ""),
]
SPOILT = (5, "CBD-M-WAL", 3, "Gift fair.")
"""Undone on the next day, and built again."""
SOUND = (4, "CBD-M-WAL", 2, "The two that are sound.")
PLANNED = [
    (3, "FTL-OAK-N", 4, "Orders 1043 and 1045."),
    (2, "HPN-BR", 3, ""),
    (1, "MST-OAK", 4, ""),
]
"""Planned when their parts were made, and built out of the queue so many days ago."""
PLANNED_DAYS_AGO = 7


def build_the_first(ids: Ids, user_id: int, calendar: Calendar) -> None:
    """Two builds that remember older versions of their BOMs."""
    for days, sku, units in FIRST:
        with calendar.ago(days):
            _quick(ids, sku, units, "", user_id)


def build_and_plan(ids: Ids, user_id: int, calendar: Calendar) -> None:
    """A dozen builds of two weeks, one of them undone again, and four that wait in the queue."""
    for days, sku, units, notes in QUICK:
        with calendar.ago(days):
            _quick(ids, sku, units, notes, user_id)
    with calendar.ago(PLANNED_DAYS_AGO):
        plans = [_plan(ids, sku, units, notes, user_id) for _, sku, units, notes in PLANNED]
    _build_again(ids, user_id, calendar)
    for (days, *_), plan in zip(PLANNED, plans, strict=True):
        with calendar.ago(days):
            execute(plan.id, user_id)
    with calendar.ago(1):
        _fill_queue(ids, user_id)


def _build_again(ids: Ids, user_id: int, calendar: Calendar) -> None:
    days, sku, units, notes = SPOILT
    with calendar.ago(days):
        build = _quick(ids, sku, units, notes, user_id)
    days, sku, units, notes = SOUND
    with calendar.ago(days):
        undo(build.id, "One of them is cracked.", user_id)
    with calendar.ago(days):
        _quick(ids, sku, units, notes, user_id)


def _fill_queue(ids: Ids, user_id: int) -> None:
    today = workspace_today()
    lamps = today - timedelta(days=2)
    _plan(ids, "FTL-OAK-N", 3, "Order 1047, wanted for a birthday.", user_id, target_date=lamps)
    _plan(ids, "MST-OAK", 2, "", user_id, target_date=today + timedelta(days=5), assignee_id=user_id)
    _with_felt_left_out(
        _plan(ids, "PA-FB-OAK", 4, "For the gallery, whose shelves are lined.", user_id), user_id
    )
    market = today + timedelta(days=19)
    _plan(ids, "CBD-M-WAL", 24, "For the winter market.", user_id, target_date=market)


def _active(ids: Ids, sku: str) -> Bom:
    bom = active_bom(ids[sku])
    assert bom is not None  # noqa: S101 - the recipes were saved before
    return bom


def _quick(ids: Ids, sku: str, units: int, notes: str, user_id: int) -> Build:
    return quick_build(QuickFields(_active(ids, sku).id, Decimal(units), notes), uuid4(), user_id)


def _plan(ids: Ids, sku: str, units: int, notes: str, user_id: int, **further: Any) -> Build:
    fields = PlanFields(_active(ids, sku).id, Decimal(units), notes=notes, **further)
    return plan_build(fields, user_id)


def _with_felt_left_out(build: Build, user_id: int) -> None:
    """The build asks for less than its BOM does, as the queue says."""
    felt = max(lines_of(build.id), key=lambda line: line.quantity_per_unit)
    fields = EditFields(build.quantity, notes=build.notes, lines={felt.id: Decimal(0)})
    edit_planned(build.id, fields, user_id)
