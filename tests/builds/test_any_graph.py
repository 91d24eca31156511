"""Whatever is built of whatever: costs are those of the raw materials, and no value is made or lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.boms.costing import Part, Recipe, recursive_cost
from app.boms.models import Bom
from app.builds import service
from app.builds.models import Build
from app.builds.statuses import BuildStatus, Recovery, RejectionReason
from app.builds.values import EditFields, QuickFields
from app.extensions import db
from app.foundation.errors import Conflict, InvalidInput, NotFoundError
from app.stock.models import StockLevel, StockTransaction
from app.stock.service import Kind, levels_of, turn_lots_off, turn_lots_on
from app.workspace.features import Feature
from tests.support.boms import buildable, create_bom, labor
from tests.support.builds import Shop, built, export_failed, exported, planned, switch_off, switch_on
from tests.support.products import create_product
from tests.support.soak import trials
from tests.support.stock import assert_clean, on_hand, stocked

D = Decimal
MOST_LEVELS = 10
STEPS = 25


@dataclass
class Graph:
    """Random BOMs on each other, the deepest first. Raw materials have a price, the others a BOM."""

    dice: random.Random
    prices: dict[int, Decimal] = field(default_factory=dict)
    boms: dict[int, Bom] = field(default_factory=dict)
    recipes: dict[int, Recipe] = field(default_factory=dict)

    def grow(self, levels: int) -> int:
        """So many levels of BOMs on top of raw materials; returns the product at the top."""
        for _ in range(3):
            self.prices[create_product().id] = D(self.dice.randint(0, 2000)) / 100
        below, top = list(self.prices), 0
        for _ in range(levels):
            made = [self._assembly(below) for _ in range(self.dice.randint(1, 2))]
            below, top = [*made, *self.dice.sample(list(self.prices), 2)], made[0]
        return top

    def _assembly(self, below: list[int]) -> int:
        chosen = {below[0], *self.dice.sample(below, self.dice.randint(1, 2))}
        required = {product: self._quantity(product) for product in sorted(chosen)}
        extra = D(self.dice.randint(0, 1000)) / 100
        product_id = buildable().id
        never_there = create_product().id
        self.boms[product_id] = create_bom(product_id, required, {never_there: 1}, costs=(labor(extra),))
        parts = tuple(Part(component, quantity) for component, quantity in required.items())
        self.recipes[product_id] = Recipe(parts, extra)
        return product_id

    def _quantity(self, product_id: int) -> Decimal:
        """Of raw materials any, four decimals; of what is built whole ones, since only those are built."""
        if product_id in self.boms:
            return D(self.dice.randint(1, 2))
        return D(self.dice.randint(1, 40_000)) / 10_000

    def needs_of(self, top: int, units: int) -> dict[int, Decimal]:
        """How much of each product goes into so many of the top, whatever way."""
        needs = {top: D(units)}
        for product_id in reversed(self.boms):
            for part in self.recipes[product_id].parts:
                more = needs.get(product_id, D(0)) * part.quantity
                needs[part.component_id] = needs.get(part.component_id, D(0)) + more
        return needs


@pytest.mark.parametrize("lots", [False, True])
@pytest.mark.parametrize("trial", trials(4, 60))
def test_the_recursive_cost_is_that_of_building_all_of_it_from_raw_materials(
    shop: Shop, lots: bool, trial: int
) -> None:
    if lots:
        turn_lots_on(None)
    dice = random.Random(trial)
    graph = Graph(dice)
    levels = MOST_LEVELS if trial == 0 else dice.randint(1, MOST_LEVELS)
    top, units = graph.grow(levels), dice.randint(1, 5)
    needs = graph.needs_of(top, units)
    spent = D(0)
    for product_id, price in graph.prices.items():
        if needs.get(product_id):
            stocked(product_id, needs[product_id], price)
            spent += needs[product_id] * price
    builds = [
        built(bom.id, needs[product_id]) for product_id, bom in graph.boms.items() if needs.get(product_id)
    ]
    exact = recursive_cost(graph.recipes[top], graph.recipes, graph.prices)
    assert builds[-1].total_cost == exact * units or top != builds[-1].product_id
    level = levels_of([top])[top]
    assert (level.on_hand, level.value) == (units, exact * units)
    assert level.value == spent + sum(build.cost_lines_total for build in builds)
    assert all(on_hand(product_id) == 0 for product_id in needs if product_id != top)


class Workshop:
    """Somebody who builds, reviews, undoes and exports at random, and knows what came in."""

    def __init__(self, shop: Shop, dice: random.Random) -> None:
        self.dice = dice
        self.raw = [create_product().id for _ in range(3)]
        part, self.top = buildable().id, buildable().id
        self.boms = [
            create_bom(part, {self.raw[0]: self.amount(), self.raw[1]: self.amount()}, {self.raw[2]: 1}),
            create_bom(self.top, {part: 1, self.raw[2]: self.amount()}, costs=(labor(self.price()),)),
        ]
        self.before = self.value()

    def amount(self) -> Decimal:
        return D(self.dice.randint(1, 30_000)) / 10_000

    def price(self) -> Decimal:
        return D(self.dice.randint(0, 30_000_000)) / 1_000_000

    @staticmethod
    def value() -> Decimal:
        return db.session.scalar(select(func.coalesce(func.sum(StockLevel.value), 0))) or D(0)

    def some(self, *statuses: BuildStatus) -> int:
        ids = db.session.scalars(select(Build.id).where(Build.status.in_(statuses)).order_by(Build.id)).all()
        return self.dice.choice(ids) if ids else 4711

    def receive(self) -> None:
        product_id, quantity = self.dice.choice(self.raw), self.amount() * 5
        cost = (quantity * self.price()).quantize(D("0.000001"))
        stocked(product_id, quantity, cost / quantity)

    def build(self) -> None:
        fields = QuickFields(self.dice.choice(self.boms).id, D(self.dice.randint(1, 3)))
        service.quick_build(fields, uuid4(), None)

    def plan(self) -> None:
        build = planned(self.dice.choice(self.boms).id, self.dice.randint(1, 3))
        line = self.dice.choice(service.lines_of(build.id))
        service.edit_planned(build.id, EditFields(build.quantity, lines={line.id: self.amount()}), None)

    def reject(self) -> None:
        build_id = self.some(BuildStatus.EXECUTED)
        back = {
            line.component_id: (line.consumed * self.dice.randint(0, 4) / 4).quantize(D("0.0001"))
            for line in service.lines_of(build_id)
            if line.consumed
        }
        service.reject(build_id, RejectionReason.OTHER, self.dice.choice(list(Recovery)), back, "", None)

    def turn(self) -> None:
        self.dice.choice(
            (
                lambda: switch_on(Feature.QA_REVIEW),
                lambda: switch_off(Feature.QA_REVIEW),
                lambda: turn_lots_on(None),
                lambda: turn_lots_off(None),
            )
        )()

    def step(self) -> None:
        """Something happens, or is refused."""
        waiting = (BuildStatus.PENDING_EXPORT, BuildStatus.FAILED)
        anything: dict[Callable[[], object], int] = {
            self.receive: 6,
            self.build: 6,
            self.plan: 2,
            self.reject: 3,
            self.turn: 2,
            lambda: service.execute(self.some(BuildStatus.PLANNED), None): 2,
            lambda: service.approve(self.some(BuildStatus.EXECUTED), "", None): 2,
            lambda: service.undo(self.some(BuildStatus.EXECUTED, *waiting), "", None): 3,
            lambda: exported(self.some(*waiting)): 1,
            lambda: export_failed(self.some(BuildStatus.PENDING_EXPORT)): 1,
        }
        (work,) = self.dice.choices(list(anything), list(anything.values()))
        try:
            work()
        except (Conflict, InvalidInput, NotFoundError):
            db.session.rollback()

    def expected(self) -> Decimal:
        """What came in, with what builds have added and lost."""
        received = select(func.sum(StockTransaction.cost)).where(
            StockTransaction.kind.in_((Kind.OPENING, Kind.COST_CORRECTION))
        )
        value = db.session.scalar(received) or D(0)
        for build in db.session.scalars(select(Build).where(Build.status != BuildStatus.PLANNED)):
            if build.status == BuildStatus.EXECUTED:
                value -= build.material_cost
            elif build.is_waste and build.status != BuildStatus.REVERSED:
                value -= build.waste_cost
            elif build.status not in (BuildStatus.REJECTED, BuildStatus.REVERSED):
                value += build.cost_lines_total
        return value


@pytest.mark.parametrize("trial", trials(4, 120))
def test_in_any_sequence_value_is_conserved(shop: Shop, trial: int) -> None:
    workshop = Workshop(shop, random.Random(trial))
    for _ in range(STEPS):
        workshop.step()
        db.session.expire_all()
        assert workshop.value() == workshop.expected()
    assert db.session.scalar(select(func.min(StockLevel.on_hand))) >= 0
    db.session.rollback()
    assert_clean()
