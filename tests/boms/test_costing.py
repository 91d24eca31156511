"""The arithmetic of BOMs, by itself (Appendix C, cases 2 and 3; BOM-41, 42, 45)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.boms.costing import (
    ZERO,
    Buildable,
    Part,
    Recipe,
    direct_cost,
    line_cost,
    max_buildable,
    recursive_cost,
    shown,
)
from app.boms.fields import CostFields
from app.boms.models import CostKind
from app.boms.structure import levels_above, levels_below, path_down

D = Decimal
A, B, C = 1, 2, 3


def test_the_component_that_allows_the_fewest_units_limits() -> None:
    parts = [Part(A, D(2)), Part(B, D("0.25")), Part(C, D(1), optional=True)]
    assert max_buildable(parts, {A: D(31), B: D(3), C: D(0)}) == Buildable(D(12), B)


def test_of_equals_the_one_with_the_least_left_over_limits_then_the_first() -> None:
    parts = [Part(A, D(2)), Part(B, D(3)), Part(C, D(3))]
    assert max_buildable(parts, {A: D(7), B: D(9), C: D(9)}) == Buildable(D(3), B)


def test_stock_below_zero_allows_none() -> None:
    assert max_buildable([Part(A, D(2))], {A: D(-5)}) == Buildable(D(0), A)


def test_without_required_components_nothing_limits() -> None:
    assert max_buildable([Part(A, D(1), optional=True)], {A: D(0)}) == Buildable(None)


def test_a_hair_below_the_next_unit_is_not_the_next_unit() -> None:
    parts = [Part(A, D("99999999999"))]
    assert max_buildable(parts, {A: D("99999999998.9999")}) == Buildable(D(0), A)


def test_a_rate_times_a_quantity_is_a_cost_line() -> None:
    cost = CostFields(CostKind.LABOR, "Assembly", rate=D("32.00"), quantity_per_unit=D("0.75"))
    assert cost.cost == D("24.000000")


def test_optional_components_are_left_out_of_the_estimate() -> None:
    recipe = Recipe((Part(A, D(2)), Part(B, D(1), optional=True)), extra=D("24"))
    assert direct_cost(recipe, {A: D("1.50"), B: D(100)}) == D(27)


def test_a_sub_assembly_costs_what_building_it_costs() -> None:
    leg = Recipe((Part(C, D("0.5")),), extra=D(2))
    table = Recipe((Part(A, D(4)), Part(B, D(1))), extra=D(10))
    unit_costs = {A: D(7), B: D(3), C: D(8)}
    assert direct_cost(table, unit_costs) == D(4 * 7 + 3 + 10)
    assert recursive_cost(table, {A: leg}, unit_costs) == D(4 * (4 + 2) + 3 + 10)


def test_lines_are_exact_and_rounded_once() -> None:
    assert line_cost(D("0.0001"), D("0.000001")) == D("0.0000000001")
    assert shown(D("0.0000000001")) == D("0.000000")
    assert shown(D("1e12")) is None


# Products are numbers; each is made of higher ones only, so that no graph has a cycle. Up to ten BOMs deep.
amounts = st.decimals("0.0001", "50", places=4, allow_nan=False)
prices = st.decimals("0", "1000", places=6, allow_nan=False)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[int, Recipe], dict[int, Decimal]]:
    """Recipes and unit costs: levels of one to three products, the last of them raw materials."""
    levels = [draw(st.integers(1, 3)) for _ in range(draw(st.integers(2, 11)))]
    products = [list(range(10 * level, 10 * level + width)) for level, width in enumerate(levels)]
    recipes: dict[int, Recipe] = {}
    for level, made in enumerate(products[:-1]):
        lower = [product for deeper in products[level + 1 :] for product in deeper]
        for product in made:
            needed = draw(st.lists(st.sampled_from(lower), min_size=1, max_size=4, unique=True))
            parts = [Part(each, draw(amounts), draw(st.booleans())) for each in needed]
            recipes[product] = Recipe((Part(products[level + 1][0], draw(amounts)), *parts[1:]), draw(prices))
    return recipes, {product: draw(prices) for level in products for product in level}


def built_from_raw_materials(
    product: int, units: Fraction, recipes: dict[int, Recipe], costs: dict[int, Decimal]
) -> Fraction:
    """What so many units cost when everything in them is built: step by step, as a workshop would."""
    if product not in recipes:
        return units * Fraction(costs[product])
    spent = units * Fraction(recipes[product].extra)
    for part in recipes[product].parts:
        if not part.optional:
            spent += built_from_raw_materials(
                part.component_id, units * Fraction(part.quantity), recipes, costs
            )
    return spent


@given(graphs())
def test_the_recursive_cost_is_that_of_building_everything(
    graph: tuple[dict[int, Recipe], dict[int, Decimal]],
) -> None:
    recipes, costs = graph
    assert Fraction(recursive_cost(recipes[0], recipes, costs)) == built_from_raw_materials(
        0, Fraction(1), recipes, costs
    )


@given(graphs())
def test_ten_levels_of_boms_are_counted_from_both_ends(
    graph: tuple[dict[int, Recipe], dict[int, Decimal]],
) -> None:
    recipes, costs = graph
    uses = {product: [part.component_id for part in recipe.parts] for product, recipe in recipes.items()}
    depth = levels_below(uses, 0)
    assert depth == max(product // 10 for product in costs)
    assert max(levels_above(uses, product) for product in costs) == max(
        levels_below(uses, product) for product in uses
    )
    assert all(path_down(uses, part, 0) is None for part in uses[0])


@given(
    st.lists(st.tuples(amounts, st.decimals("-5", "500", places=4), st.booleans()), min_size=1, max_size=8)
)
def test_what_can_be_built_can_be_built_and_not_one_more(rows: list[tuple[Decimal, Decimal, bool]]) -> None:
    parts = [Part(index, quantity, optional) for index, (quantity, _, optional) in enumerate(rows)]
    available = {index: max(there, ZERO) for index, (_, there, _) in enumerate(rows)}
    limit = max_buildable(parts, available)
    required = [part for part in parts if not part.optional]
    if limit.quantity is None:
        assert not required
        return
    units = limit.quantity
    assert all(part.quantity * units <= available[part.component_id] for part in required)
    assert any(part.quantity * (units + 1) > available[part.component_id] for part in required)
