"""Execution: one engine for quick and planned builds (BLD-5), all of it in one transaction (BLD-50)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.boms.service import get_bom
from app.builds import loading, recipes, rules, timeline
from app.builds.errors import AssigneeMissing, ComponentsMissing, Gap
from app.builds.execution.locking import alone, moving
from app.builds.models import SOURCE, Build, BuildLine
from app.builds.queue import autoplanning
from app.builds.recipes import Recipe
from app.builds.rules import Part
from app.builds.statuses import BuildStatus, Event
from app.builds.values import QuickFields
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.pages.formatting import format_quantity
from app.products.models import Product
from app.stock.service import Consume, Kind, Level, NewLot, Receive, Source, hold, post
from app.workspace.features import Feature, is_on

NEXT_ID = "SELECT nextval(pg_get_serial_sequence('builds', 'id'))"


def execute(build_id: int, user_id: int | None) -> Build:
    """The planned build's components have been used; its output is on the shelf, or waits for QA review.

    Raises NotFoundError, WrongStatus, BomNotActive, ComponentsMissing with every gap, AssigneeMissing,
    ProductInactive, TooCostly, SyncLockHeld, BuildInterrupted.
    """
    with moving(build_id, Event.EXECUTED, user_id) as (build, session):
        recipe = recipes.recipe_of(build.bom_id, session)
        _ensure_assigned(build)
        lines = loading.locked_lines(build, session)
        _carry_out(build, lines, recipe, user_id, session)
        timeline.record(
            session, build, Event.EXECUTED, user_id, before=BuildStatus.PLANNED, at=build.executed_at
        )
    autoplanning.check_after_a_build(build)
    return build


def quick_build(fields: QuickFields, token: UUID, user_id: int | None) -> Build:
    """A build that was never planned has been executed (BLD-10); a `token` builds once, however often sent.

    Raises AlreadyMade, which knows the build of that token, InvalidInput, and as `execute` does.
    """
    rules.check_units(fields.quantity)
    rules.check_notes(fields.notes)
    product = db.session.get_one(Product, get_bom(fields.bom_id).product_id)
    loading.refuse_repeated(token, db.session())
    what = f"Build of {format_quantity(fields.quantity)} × {product.name}"
    with alone(what, user_id) as session:
        loading.claim(token, session)
        recipe = recipes.recipe_of(fields.bom_id, session)
        build = _unplanned(fields, recipe, token, user_id)
        lines = recipe.build_lines(fields.quantity)
        _carry_out(build, lines, recipe, user_id, session)
        session.add(build)
        session.flush()
        for line in lines:
            line.build_id = build.id
            session.add(line)
        timeline.record(session, build, Event.EXECUTED, user_id, before=None, at=build.executed_at)
    autoplanning.check_after_a_build(build)
    return build


def gaps_of(
    lines: Sequence[BuildLine], on_hand: dict[int, Decimal], products: dict[int, Product]
) -> list[Gap]:
    """The required components of which there is too little, in the order of the lines."""
    gaps = []
    for part in rules.short([part_of(line) for line in lines], on_hand):
        product = products[part.component_id]
        there = max(on_hand[product.id], rules.ZERO)
        gaps.append(Gap(product.id, product.sku, product.name, product.unit, part.quantity, there))
    return gaps


def part_of(line: BuildLine) -> Part:
    """The line as the rules know it."""
    return Part(line.component_id, line.quantity, line.optional)


def output_of(build: Build, user_id: int | None) -> Receive:
    """What the build puts on the shelf: its quantity at exactly its total cost, with lots as one (OQ-26)."""
    assert build.total_cost is not None  # noqa: S101 - an executed build has one
    return Receive(
        product_id=build.product_id,
        quantity=build.quantity,
        cost=build.total_cost,
        lot=NewLot(build.number),
        kind=Kind.BUILD_PRODUCE,
        source=Source(SOURCE, build.id),
        user_id=user_id,
        awaits_export=True,
    )


def _carry_out(
    build: Build, lines: Sequence[BuildLine], recipe: Recipe, user_id: int | None, session: Session
) -> None:
    """The engine: the components have left the shelf and the build knows what they cost.

    A build without an id gets one, but only after all that may refuse it: numbers should have no holes.
    """
    used = [line for line in lines if line.quantity]
    products = recipes.products_of((line.component_id for line in used), session)
    recipes.ensure_active(recipe)
    recipes.ensure_products_active(recipe.product, [products[line.component_id] for line in used])
    levels = hold([build.product_id, *(line.component_id for line in used)], session)
    on_hand = {product_id: level.on_hand for product_id, level in levels.items()}
    gaps = gaps_of(used, on_hand, products)
    if gaps:
        raise ComponentsMissing(gaps)
    cost_lines = recipe.cost_lines_total(build.quantity)
    rules.check_total(cost_lines)
    build.id = build.id or session.scalar(text(NEXT_ID))
    reviewed = is_on(Feature.QA_REVIEW)
    material = _consume(build, lines, levels, user_id, session)
    total = rules.total_of([material, cost_lines])
    rules.check_total(total)
    build.status = BuildStatus.EXECUTED if reviewed else BuildStatus.PENDING_EXPORT
    build.queue_position = None
    build.executed_at, build.executed_by = utcnow(), user_id
    build.material_cost, build.cost_lines_total, build.total_cost = material, cost_lines, total
    build.unit_cost = rules.unit_cost_of(total, build.quantity)
    if not reviewed:
        post([output_of(build, user_id)], session)


def _consume(
    build: Build, lines: Sequence[BuildLine], levels: dict[int, Level], user_id: int | None, session: Session
) -> Decimal:
    """What the lines ask for has left the shelf and they know its cost; returns the sum (BLD-60, BLD-61)."""
    wanted = [_wanted(line, levels) for line in lines]
    taken = [(line, quantity) for line, quantity in zip(lines, wanted, strict=True) if quantity]
    movements = [_consumption(build, line.component_id, quantity, user_id) for line, quantity in taken]
    posted = post(movements, session).transactions
    # Only now, since posting stores what has changed, and each line should be stored once.
    for line, quantity in zip(lines, wanted, strict=True):
        line.consumed, line.consumed_cost = quantity, rules.ZERO
    for each in posted:
        line = taken[each.movement][0]
        line.transaction_id, line.consumed_cost = each.id, -each.cost
    return rules.total_of(-each.cost for each in posted)


def _wanted(line: BuildLine, levels: dict[int, Level]) -> Decimal:
    """What the line is to take; nothing of a component that was left out."""
    return rules.to_consume(part_of(line), levels[line.component_id].on_hand) if line.quantity else rules.ZERO


def _consumption(build: Build, component_id: int, quantity: Decimal, user_id: int | None) -> Consume:
    return Consume(
        product_id=component_id,
        quantity=quantity,
        kind=Kind.BUILD_CONSUME,
        source=Source(SOURCE, build.id),
        user_id=user_id,
        awaits_export=True,
    )


def _unplanned(fields: QuickFields, recipe: Recipe, token: UUID, user_id: int | None) -> Build:
    return Build(
        product_id=recipe.product.id,
        bom_id=recipe.bom.id,
        quantity=fields.quantity,
        notes=fields.notes,
        token=token,
        created_by=user_id,
    )


def _ensure_assigned(build: Build) -> None:
    if build.assignee_id is None and is_on(Feature.BUILD_ASSIGNMENTS):
        raise AssigneeMissing(build.number)
