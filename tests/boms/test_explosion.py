"""BOMs through all levels, as the database has them (BOM-40…45)."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select

from app.boms import explosion
from app.boms.availability import estimated_cost, limit
from app.boms.costing import shown
from app.boms.explosion import Node, explode
from app.boms.models import Bom
from app.boms.service import active_bom
from app.extensions import db
from tests.boms.graphs import stored_graph
from tests.support.boms import buildable, create_bom, labor
from tests.support.products import create_product
from tests.support.soak import trials
from tests.support.stock import stocked

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def below(nodes: list[Node]) -> int:
    """How many levels a tree has."""
    return max((1 + below(node.nodes) for node in nodes), default=0)


@pytest.mark.parametrize("trial", trials(4, 80))
def test_the_recursive_cost_is_that_of_building_everything_from_raw_materials(trial: int) -> None:
    graph = stored_graph(Random(trial), levels=10 if trial == 0 else None)
    for product in graph.boms:
        bom = active_bom(product)
        assert bom
        exact = graph.cost_of_building(product)
        expected = shown(D(exact.numerator) / D(exact.denominator))
        recursive = explode(bom.id, db.session()).recursive
        if expected is None or recursive is None:
            assert expected == recursive
        else:
            assert abs(recursive - expected) <= D("0.000001")


@pytest.mark.parametrize("trial", trials(3, 40))
def test_lists_say_what_the_page_says(trial: int) -> None:
    graph = stored_graph(Random(1000 + trial))
    rows = db.session.execute(select(Bom.id, estimated_cost(), limit()).where(Bom.status == "active"))
    for bom_id, cost, limited in rows.all():
        page = explode(bom_id, db.session())
        assert shown(cost) == page.direct
        assert (limited and limited["units"]) == page.buildable.quantity
    assert len(graph.boms) > 0


def test_appendix_c_case_2() -> None:
    a, b, c = stocked(None, 31, 1), stocked(None, 3, 1), create_product().id
    bom = create_bom(None, {a: 2, b: "0.25"}, {c: 1})
    found = explode(bom.id, db.session())
    assert (found.buildable.quantity, found.buildable.limited_by) == (D(12), b)
    assert [line.units for line in found.lines] == [D(15), D(12), D(0)]


def test_a_sub_assembly_costs_less_when_it_lies_on_the_shelf_than_when_it_is_built() -> None:
    wood, leg, table = stocked(None, 10, 8), buildable().id, buildable().id
    stocked(leg, 4, "1.50")
    create_bom(leg, {wood: "0.5"}, costs=(labor(2),))
    bom = create_bom(table, {leg: 4}, costs=(labor(10),))
    found = explode(bom.id, db.session())
    assert (found.direct, found.recursive) == (D(16), D(34))
    (node,) = found.tree
    assert (node.in_all, node.nodes[0].in_all) == (D(4), D(2))


def test_an_archived_version_is_shown_with_what_its_components_are_made_of_now() -> None:
    wood, leg, table = create_product().id, buildable().id, buildable().id
    old = create_bom(table, {leg: 4})
    create_bom(table, {wood: 1})
    create_bom(leg, {table: 1})
    found = explode(old.id, db.session())
    assert below(found.tree) == 3
    assert [node.line.component_id for node in found.tree[0].nodes] == [table]


def test_ten_levels_are_read_by_one_recursive_query(queries: list[str]) -> None:
    graph = stored_graph(Random(7), levels=10)
    bom = active_bom(graph.top)
    assert bom
    queries.clear()
    found = explode(bom.id, db.session())
    assert below(found.tree) == 10
    assert found.recursive is not None or found.direct is not None
    asked = [statement for statement in queries if "bom_" in statement]
    assert len(asked) == 3
    assert sum("RECURSIVE" in statement for statement in queries) == 1


def test_a_tree_that_repeats_itself_is_cut() -> None:
    """Each of ten levels has three sub-assemblies that use all of the next: 59,049 ways down."""
    lower = [create_product().id for _ in range(3)]
    for _ in range(10):
        layer = [buildable().id for _ in range(3)]
        for product in layer:
            create_bom(product, dict.fromkeys(lower, 1), costs=(labor(1),))
        lower = layer
    bom = active_bom(lower[0])
    assert bom
    found = explode(bom.id, db.session())
    assert found.recursive == D(sum(3**level for level in range(10)))
    assert found.tree_is_cut
    assert explosion._count(found.tree) == explosion.MOST_NODES


def test_figures_too_large_to_show_are_left_out() -> None:
    wood = stocked(None, 1, "90000000000")
    inner, outer = buildable().id, buildable().id
    create_bom(inner, {wood: "99999999999"})
    bom = create_bom(outer, {inner: "99999999999", wood: "99999999999"})
    found = explode(bom.id, db.session())
    assert (found.direct, found.recursive, found.tree[0].nodes[0].in_all) == (None, None, None)
    assert shown(db.session.scalars(select(estimated_cost()).where(Bom.id == bom.id)).one()) is None
