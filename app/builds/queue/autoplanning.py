"""Builds that the program plans by itself where stock is at or below a build point (BLD-29, OQ-25, CON-10).

At most one for each product. Its quantity follows the stock, and it goes again when stock has recovered, as
long as nobody has edited it; from then on it is that person's. What waits for QA review counts as stock here,
or it would be built once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import structlog
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.boms.models import Bom, BomStatus
from app.builds import loading, recipes, timeline
from app.builds.models import Build, BuildEvent
from app.builds.queue import planning
from app.builds.queue.order import hold_queue
from app.builds.reserving import on_the_way
from app.builds.rules import ZERO, amount
from app.builds.statuses import BuildStatus, Event
from app.builds.values import PlanFields
from app.extensions import db
from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import format_quantity
from app.foundation.transaction import transaction
from app.products.models import Product
from app.stock.models import StockLevel
from app.workspace.features import Feature, is_on

log = structlog.get_logger()

Point = Row[int, int, Decimal | None, Decimal | None, Decimal]


@dataclass(frozen=True)
class Want:
    """A product's build point as it stands; `units` is what a build should make now, zero for none."""

    bom_id: int
    units: Decimal


def check_build_points(product_ids: Iterable[int] | None = None) -> None:
    """Products (all of them, or these) at or below their build point have an auto-planned build.

    Does nothing while auto-planned builds are off.
    """
    if not is_on(Feature.AUTO_PLANNED_BUILDS):
        return
    wanted = None if product_ids is None else list(product_ids)
    with transaction() as session:
        hold_queue(session)
        wants = {row.product_id: _want(row) for row in _points(wanted, session)}
        standing = _standing(wanted, session)
        edited = _edited(standing, session)
        for build in standing:
            if build.id not in edited:
                with _apart(build.product_id, session):
                    _follow(build, wants.get(build.product_id), session)
        for product_id in sorted(wants.keys() - {build.product_id for build in standing}):
            if wants[product_id].units > 0:
                with _apart(product_id, session):
                    _plan(wants[product_id], session)


def check_after_a_build(build: Build) -> None:
    """The build points of the products it moved are checked (BLD-56), after its own commit.

    A failure here is no failure of the build; it is logged, and the next check makes up for it.
    """
    build_id, product_id = build.id, build.product_id
    try:
        if not is_on(Feature.AUTO_PLANNED_BUILDS):
            return
        components = [line.component_id for line in loading.lines_of(build_id)]
        check_build_points([product_id, *components])
    except Exception:
        db.session.rollback()
        log.exception("build points not checked", build=build_id)


def units_wanted(stock: Decimal, build_point: Decimal | None, target_level: Decimal | None) -> Decimal:
    """How many units bring the stock to its target, in whole units; zero above the build point."""
    if build_point is None or target_level is None or stock > build_point:
        return ZERO
    return (target_level - stock).to_integral_value(ROUND_CEILING)


@contextmanager
def _apart(product_id: int, session: Session) -> Iterator[None]:
    """What cannot be planned, such as more of a component than can be kept, hinders no other product."""
    try:
        with session.begin_nested():
            yield
    except InvalidInput as error:
        log.warning("build not planned", product=product_id, reason=error.message)


def _points(product_ids: list[int] | None, session: Session) -> Sequence[Point]:
    coming = on_the_way().subquery()
    stock = func.coalesce(StockLevel.on_hand, ZERO) + func.coalesce(coming.c.quantity, ZERO)
    statement = (
        select(
            Bom.product_id, Bom.id.label("bom_id"), Bom.build_point, Bom.target_level, stock.label("stock")
        )
        .join(Product, Product.id == Bom.product_id)
        .outerjoin(StockLevel, StockLevel.product_id == Bom.product_id)
        .outerjoin(coming, coming.c.product_id == Bom.product_id)
        .where(Bom.status == BomStatus.ACTIVE, Bom.target_level.is_not(None), Product.is_active)
    )
    if product_ids is not None:
        statement = statement.where(Bom.product_id.in_(product_ids))
    return session.execute(statement).all()


def _want(row: Point) -> Want:
    return Want(row.bom_id, units_wanted(row.stock, row.build_point, row.target_level))


def _standing(product_ids: list[int] | None, session: Session) -> Sequence[Build]:
    """The auto-planned builds in the queue, the caller's alone."""
    statement = select(Build).where(Build.auto_generated, Build.status == BuildStatus.PLANNED)
    if product_ids is not None:
        statement = statement.where(Build.product_id.in_(product_ids))
    locking = statement.order_by(Build.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locking).all()


def _edited(builds: Sequence[Build], session: Session) -> set[int]:
    """Those of the builds that a person has edited."""
    by_people = select(BuildEvent.build_id).where(
        BuildEvent.build_id.in_([build.id for build in builds]),
        BuildEvent.event == Event.EDITED,
        BuildEvent.user_id.is_not(None),
    )
    return {build.id for build in builds if build.modified} | set(session.scalars(by_people))


def _follow(build: Build, want: Want | None, session: Session) -> None:
    """The unedited build makes what is wanted now, of the version that is active now, or is gone."""
    if want is None or want.units <= 0:
        session.delete(build)
        session.flush()
        return
    before, build.quantity = build.quantity, want.units
    if build.bom_id != want.bom_id:
        planning.renew_lines(build, recipes.recipe_of(want.bom_id, session), None, session)
    elif before != want.units:
        for line in loading.locked_lines(build, session):
            line.quantity = amount(line.quantity_per_unit, want.units)
        note = f"Quantity {format_quantity(before)} → {format_quantity(want.units)}"
        timeline.record(session, build, Event.EDITED, None, before=BuildStatus.PLANNED, note=note)


def _plan(want: Want, session: Session) -> None:
    recipe = recipes.recipe_of(want.bom_id, session)
    fields = PlanFields(bom_id=want.bom_id, quantity=want.units)
    planning.add_to_queue(recipe, fields, None, session, auto_generated=True)
