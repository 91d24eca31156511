"""Random BOMs up to ten levels deep, stored, and what building from raw materials costs by another way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

from app.boms.models import CostKind
from app.boms.service import BomFields, CostFields, LineFields, save_version
from app.stock.service import levels_of
from tests.support.boms import buildable
from tests.support.products import create_product
from tests.support.stock import stocked


@dataclass(frozen=True)
class Stored:
    """The product on top, what each is made of, and what each costs as it lies on the shelf."""

    top: int
    boms: dict[int, BomFields]
    unit_costs: dict[int, Decimal]

    def cost_of_building(self, product: int, units: Fraction = Fraction(1)) -> Fraction:
        """What so many units cost when everything in them is built first."""
        if product not in self.boms:
            return units * Fraction(self.unit_costs[product])
        fields = self.boms[product]
        spent = units * sum((Fraction(cost.cost) for cost in fields.costs), Fraction(0))
        for line in fields.lines:
            if not line.optional:
                spent += self.cost_of_building(line.component_id, units * Fraction(line.quantity))
        return spent


def stored_graph(random: Random, levels: int | None = None) -> Stored:
    """Products in up to eleven layers, each made of lower ones; the lowest are raw materials."""
    levels = levels or random.randint(1, 10)
    layers = [[buildable().id for _ in range(random.randint(1, 3))] for _ in range(levels)]
    layers.append([create_product().id for _ in range(random.randint(1, 4))])
    products = [product for layer in layers for product in layer]
    for product in products:
        if random.random() < 0.8:
            stocked(product, amount(random, 1, 500), amount(random, 0, 90))
    boms: dict[int, BomFields] = {}
    for depth in range(levels - 1, -1, -1):
        lower = [product for layer in layers[depth + 1 :] for product in layer]
        for product in layers[depth]:
            chosen = [layers[depth + 1][0], *random.sample(lower, random.randint(0, min(3, len(lower))))]
            boms[product] = fields_of_random(random, list(dict.fromkeys(chosen)))
            save_version(product, boms[product], None)
    costs = {product: level.unit_cost for product, level in levels_of(products).items()}
    return Stored(layers[0][0], boms, costs)


def fields_of_random(random: Random, components: list[int]) -> BomFields:
    lines = [LineFields(each, Decimal(amount(random, 0, 8)), random.random() < 0.2) for each in components]
    costs = [
        CostFields(
            CostKind.LABOR, "Work", rate=Decimal(amount(random, 5, 60)), quantity_per_unit=Decimal("0.3333")
        )
        for _ in range(random.randint(0, 2))
    ]
    return BomFields(tuple(lines), tuple(costs))


def amount(random: Random, low: int, high: int) -> str:
    """A number with four decimals, above zero."""
    return str(Decimal(random.randint(low * 10_000 + 1, high * 10_000 + 1)).scaleb(-4))
