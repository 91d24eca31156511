"""What a build would do just now, by the ledger's own arithmetic; nothing is changed (BLD-40, BLD-41)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boms.models import BomCost
from app.builds import loading, recipes, rules
from app.builds.errors import AssigneeMissing, TooCostly
from app.builds.execution.executing import gaps_of
from app.builds.models import SOURCE, Build, BuildLine
from app.builds.recipes import Recipe
from app.builds.statuses import Event
from app.builds.values import Allocation, BuildPreview, PreviewCost, PreviewLine
from app.extensions import db
from app.foundation.money import LARGEST
from app.products.models import Product
from app.stock.average import unit_cost
from app.stock.models import Lot, StockLevel
from app.stock.service import (
    Consume,
    Kind,
    Level,
    PostedTransaction,
    Receive,
    Source,
    levels_of,
    lots_on,
)
from app.stock.service import preview as preview_stock
from app.workspace.features import Feature, is_on


def preview(bom_id: int, quantity: Decimal) -> BuildPreview:
    """What a quick build would do just now; raises NotFoundError, InvalidInput."""
    rules.check_units(quantity)
    recipe = recipes.recipe_of(bom_id)
    return _preview(recipe, quantity, recipe.build_lines(quantity))


def preview_build(build_id: int) -> BuildPreview:
    """What executing a planned build would do just now; raises NotFoundError, WrongStatus."""
    build = loading.get_build(build_id)
    loading.ensure_possible(build, Event.EXECUTED)
    obstacles = []
    if build.assignee_id is None and is_on(Feature.BUILD_ASSIGNMENTS):
        obstacles.append(AssigneeMissing(build.number).message)
    return _preview(recipes.recipe_of(build.bom_id), build.quantity, loading.lines_of(build_id), obstacles)


def estimated_costs(build_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each build would cost in all at present unit costs, without optional components (BLD-24)."""
    wanted = list(build_ids)
    lines = (
        select(BuildLine.build_id, BuildLine.quantity, StockLevel.unit_cost)
        .join(StockLevel, StockLevel.product_id == BuildLine.component_id)
        .where(BuildLine.build_id.in_(wanted), BuildLine.optional.is_(False))
    )
    costs = (
        select(Build.id, Build.quantity, BomCost.cost_per_unit)
        .join(BomCost, BomCost.bom_id == Build.bom_id)
        .where(Build.id.in_(wanted))
    )
    totals = dict.fromkeys(wanted, rules.ZERO)
    for build_id, quantity, each in (*db.session.execute(lines), *db.session.execute(costs)):
        totals[build_id] = rules.total_of([totals[build_id], rules.cost_of(each, quantity)])
    return totals


def _preview(
    recipe: Recipe, quantity: Decimal, lines: Sequence[BuildLine], obstacles: Sequence[str] = ()
) -> BuildPreview:
    session = db.session()
    products = recipes.products_of((line.component_id for line in lines), session)
    levels = levels_of([recipe.product.id, *products], session)
    on_hand = {product_id: level.on_hand for product_id, level in levels.items()}
    shown = _lines(lines, products, levels, session)
    cost_lines = tuple(_cost(cost, quantity) for cost in recipe.costs)
    material = rules.total_of(line.cost for line in shown)
    added = rules.total_of(line.cost for line in cost_lines)
    total = rules.total_of([material, added])
    used = [line for line in lines if line.quantity]
    reasons = (
        *obstacles,
        TooCostly().message if total > LARGEST else None,
        recipes.why_not_active(recipe),
        recipes.why_inactive(recipe.product, [products[line.component_id] for line in used]),
        *(gap.sentence for gap in gaps_of(used, on_hand, products)),
    )
    return BuildPreview(
        product_id=recipe.product.id,
        bom_id=recipe.bom.id,
        quantity=quantity,
        lines=shown,
        cost_lines=cost_lines,
        material_cost=material,
        cost_lines_total=added,
        total_cost=total,
        unit_cost=rules.unit_cost_of(total, quantity),
        unit_cost_after=_unit_cost_after(recipe, quantity, total, levels[recipe.product.id], session),
        lots_on=lots_on(session),
        obstacles=tuple(reason for reason in reasons if reason),
    )


def _lines(
    lines: Sequence[BuildLine], products: dict[int, Product], levels: dict[int, Level], session: Session
) -> tuple[PreviewLine, ...]:
    """Each line as it would go; what is missing is counted at its present unit cost."""
    there = {line.component_id: min(line.quantity, _available(levels[line.component_id])) for line in lines}
    moves = [
        Consume(
            product_id=component_id,
            quantity=quantity,
            allow_shortage=True,  # of what has left since the levels were read
            kind=Kind.BUILD_CONSUME,
            source=Source(SOURCE),
        )
        for component_id, quantity in there.items()
        if quantity
    ]
    taken = {each.product_id: each for each in preview_stock(moves, session).transactions}
    numbers = _lot_numbers(taken.values(), session)
    return tuple(
        _line(
            line,
            products[line.component_id],
            levels[line.component_id],
            taken.get(line.component_id),
            numbers,
        )
        for line in lines
    )


def _available(level: Level) -> Decimal:
    return max(level.on_hand, rules.ZERO)


def _line(
    line: BuildLine, product: Product, level: Level, taken: PostedTransaction | None, numbers: dict[int, str]
) -> PreviewLine:
    consumed = min(line.quantity, _available(level))
    missing = rules.ZERO if line.optional else line.quantity - consumed
    cost = rules.total_of([-taken.cost if taken else rules.ZERO, rules.cost_of(level.unit_cost, missing)])
    draws = taken.draws if taken else ()
    return PreviewLine(
        component_id=product.id,
        sku=product.sku,
        name=product.name,
        unit=product.unit,
        optional=line.optional,
        quantity_per_unit=line.quantity_per_unit,
        needed=line.quantity,
        available=_available(level),
        consumed=consumed,
        unit_cost=level.unit_cost,
        cost=cost,
        allocations=tuple(
            Allocation(draw.lot_id, numbers[draw.lot_id], draw.quantity, draw.cost) for draw in draws
        ),
    )


def _lot_numbers(taken: Iterable[PostedTransaction], session: Session) -> dict[int, str]:
    ids = [draw.lot_id for each in taken for draw in each.draws]
    rows = session.execute(select(Lot.id, Lot.number).where(Lot.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _cost(cost: BomCost, quantity: Decimal) -> PreviewCost:
    total = rules.cost_of(cost.cost_per_unit, quantity)
    return PreviewCost(cost.kind, cost.label, cost.cost_per_unit, total)


def _unit_cost_after(
    recipe: Recipe, quantity: Decimal, total: Decimal, before: Level, session: Session
) -> Decimal:
    """The product's unit cost once the output is on the shelf; that of the build when it cannot be."""
    if total > LARGEST or before.on_hand + quantity > LARGEST or before.value + total > LARGEST:
        return rules.unit_cost_of(total, quantity)
    output = Receive(
        product_id=recipe.product.id,
        quantity=quantity,
        cost=total,
        kind=Kind.BUILD_PRODUCE,
        source=Source(SOURCE),
    )
    moved = preview_stock([output], session).transactions
    on_hand = before.on_hand + sum(each.quantity for each in moved)
    value = before.value + sum(each.cost for each in moved)
    return unit_cost(on_hand, value, before.unit_cost)
