"""Versions saved, activated and archived; what may not be a BOM (BOM-1…9, BOM-20, 21, BOM-30…35)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.boms import service
from app.boms.errors import BomChanged, BomRefused, CannotHaveBom, NoSuchBom, StatusRefused
from app.boms.fields import MOST_LINES
from app.boms.models import Bom, BomLine, BomStatus, CostKind
from app.boms.service import Basis, BomFields, CostFields, LineFields, basis_of, save_version
from app.extensions import db
from app.foundation.errors import NotFoundError
from app.products.models import ProductType
from app.products.service import set_active
from tests.support.boms import bom_fields, buildable, create_bom, labor
from tests.support.people import create_user
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")
D = Decimal


def stored() -> int:
    return db.session.scalar(select(func.count()).select_from(Bom)) or 0


def refused(product_id: int, fields: BomFields) -> list[tuple[str, int | None, str, str]]:
    """What is wrong, with nothing written."""
    before = stored()
    with pytest.raises(BomRefused) as caught:
        save_version(product_id, fields, None)
    assert stored() == before
    return [(each.part, each.index, each.cell, each.message) for each in caught.value.problems]


def sentences(product_id: int, fields: BomFields) -> Sequence[str]:
    return [problem[3] for problem in refused(product_id, fields)]


def test_versions_count_up_and_the_last_saved_is_active() -> None:
    product, wood, glue = buildable().id, create_product().id, create_product().id
    first = create_bom(product, {wood: 1})
    second = create_bom(product, {wood: 2, glue: "0.0125"})
    db.session.refresh(first)
    assert (first.version, first.status, first.archived_at is None) == (1, "archived", False)
    assert (second.version, second.status, second.archived_at) == (2, "active", None)
    assert service.active_bom(product) == second
    assert [line.quantity for line in service.lines_of(first.id)] == [D(1)]


def test_what_was_entered_is_what_is_stored() -> None:
    wood, screws = create_product().id, create_product().id
    fields = BomFields(
        lines=(LineFields(screws, D("8.5")), LineFields(wood, D("0.0001"), True)),
        costs=(
            CostFields(CostKind.LABOR, "Turning", rate=D("32"), quantity_per_unit=D("0.75")),
            CostFields(CostKind.OTHER, "Box", D("1.234567")),
        ),
        notes="First batch",
        build_point=D(10),
        target_level=D(40),
    )
    author = create_user()
    bom = save_version(buildable().id, fields, author.id)
    assert service.fields_of(bom) == fields
    assert bom.created_by == author.id
    assert [cost.cost_per_unit for cost in service.costs_of(bom.id)] == [D(24), D("1.234567")]


def test_a_draft_leaves_the_active_version_and_replaces_it_when_activated() -> None:
    product = buildable().id
    active = create_bom(product)
    draft = create_bom(product, draft=True)
    assert service.active_bom(product) == active
    service.activate(draft.id)
    assert service.active_bom(product) == draft
    assert service.get_bom(active.id).status == BomStatus.ARCHIVED


def test_one_draft_takes_the_place_of_another_or_becomes_what_is_made_of_it() -> None:
    product, wood = buildable().id, create_product().id
    first = create_bom(product, {wood: 1}, draft=True)
    second = save_version(product, bom_fields({wood: 2}), None, draft=True, started_from=first.id)
    third = save_version(product, bom_fields({wood: 2}), None, started_from=second.id)
    states = db.session.execute(select(Bom.version, Bom.status).order_by(Bom.version)).all()
    assert [tuple(row) for row in states] == [(1, "archived"), (2, "archived"), (3, "active")]
    assert service.active_bom(product) == third


def test_a_version_that_says_nothing_new_is_not_made() -> None:
    bom = create_bom(costs=(labor(),))
    same = save_version(bom.product_id, service.fields_of(bom), None, started_from=bom.id)
    assert (same.id, stored()) == (bom.id, 1)


def test_a_duplicate_starts_a_history_of_its_own() -> None:
    bom, other = create_bom(), buildable().id
    copied = save_version(other, service.fields_of(bom), None, started_from=bom.id)
    assert (copied.product_id, copied.version) == (other, 1)
    assert service.get_bom(bom.id).status == BomStatus.ACTIVE


def test_only_a_draft_is_activated_and_nothing_is_archived_twice() -> None:
    bom = create_bom()
    with pytest.raises(StatusRefused, match=r"Version 1 is active\. Only a draft can be activated\."):
        service.activate(bom.id)
    service.archive(bom.id)
    assert service.active_bom(bom.product_id) is None
    with pytest.raises(StatusRefused, match="Version 1 is archived already"):
        service.archive(bom.id)
    with pytest.raises(StatusRefused, match=r"Version 1 is archived\. Only a draft can be activated\."):
        service.activate(bom.id)


@pytest.mark.parametrize("bom_id", [0, -1, 4711, 2**63, 10**30])
def test_ids_of_nothing_are_not_found(bom_id: int) -> None:
    for use in (service.get_bom, service.activate, service.archive):
        with pytest.raises(NoSuchBom):
            use(bom_id)


def test_who_began_before_another_version_was_saved_is_told_so() -> None:
    product, wood = buildable().id, create_product().id
    began = basis_of(product)
    assert began == Basis(0, 0)
    author = create_user(first_name="Theo", last_name="Quill")
    create_bom(product, {wood: 1}, user_id=author.id)
    with pytest.raises(BomChanged, match="Theo Quill saved version 1 of this BOM while you were editing"):
        save_version(product, bom_fields({wood: 2}), None, based_on=began)
    assert stored() == 1


def test_who_began_before_a_draft_was_activated_is_told_so() -> None:
    product, wood = buildable().id, create_product().id
    active, draft = create_bom(product, {wood: 1}), create_bom(product, {wood: 3}, draft=True)
    began = basis_of(product)
    service.activate(draft.id)
    with pytest.raises(BomChanged, match="Version 2 was activated") as caught:
        save_version(product, bom_fields({wood: 2}), None, based_on=began, started_from=active.id)
    assert caught.value.bom_id == draft.id


@pytest.mark.parametrize("kind", [ProductType.RAW_MATERIAL, ProductType.COMPONENT])
def test_only_what_is_built_has_a_bom(kind: ProductType) -> None:
    product, wood = create_product(name="Oak", product_type=kind), create_product().id
    with pytest.raises(CannotHaveBom, match=r"finished goods have a BOM, and Oak is a .*\. Change its type"):
        save_version(product.id, bom_fields({wood: 1}), None)


def test_an_inactive_product_gets_no_new_version() -> None:
    product, wood = buildable(name="Stool"), create_product().id
    draft = create_bom(product.id, {wood: 1}, draft=True)
    set_active(product.id, False)
    for attempt in (
        lambda: save_version(product.id, bom_fields({wood: 1}), None),
        lambda: service.activate(draft.id),
    ):
        with pytest.raises(CannotHaveBom, match="Stool is inactive"):
            attempt()


def test_a_forged_product_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        save_version(4711, bom_fields({create_product().id: 1}), None)


def test_components_that_cannot_be_are_named_by_their_place() -> None:
    product, wood = buildable(), create_product(name="Oak")
    gone = create_product(name="Old oak", is_active=False)
    fields = BomFields(
        tuple(LineFields(each, D(1)) for each in (wood.id, product.id, gone.id, wood.id, 4711, 2**70))
    )
    assert refused(product.id, fields) == [
        ("lines", 1, "sku", "A product cannot be its own component."),
        ("lines", 2, "sku", "Old oak is inactive. Reactivate it, or choose another component."),
        ("lines", 3, "sku", "Oak is a component already, further up."),
        ("lines", 4, "sku", "There is no such product."),
        ("lines", 5, "sku", "There is no such product."),
    ]


@pytest.mark.parametrize("quantity", ["0", "-1", "0.00001", "1e400", "NaN", "Infinity", "100000000000"])
def test_quantities_that_cannot_be_kept_are_refused(quantity: str) -> None:
    fields = bom_fields({create_product().id: quantity})
    assert refused(buildable().id, fields) == [
        ("lines", 0, "quantity", "Enter a quantity above zero, with at most four decimals.")
    ]


def test_a_bom_has_one_to_five_hundred_components() -> None:
    product = buildable().id
    assert sentences(product, BomFields(())) == ["Add at least one component."]
    many = BomFields(tuple(LineFields(number, D(1)) for number in range(1, 10_001)))
    assert sentences(product, many) == [f"A BOM has at most {MOST_LINES} components (these are 10,000)."]


@pytest.mark.parametrize(
    ("cost", "cell", "sentence"),
    [
        ({"label": "", "cost_per_unit": D(1)}, "label", "Say what this cost is for."),
        ({"label": "x" * 101, "cost_per_unit": D(1)}, "label", "Use at most 100 characters"),
        ({}, "cost", "Enter a cost per unit, or a rate and a quantity."),
        ({"rate": D(1)}, "quantity", "A rate and a quantity come together."),
        ({"quantity_per_unit": D(1)}, "rate", "A rate and a quantity come together."),
        ({"cost_per_unit": D(1), "rate": D(1), "quantity_per_unit": D(1)}, "cost", "not both"),
        ({"cost_per_unit": D(-1)}, "cost", "Enter zero or more, with at most six decimals."),
        ({"cost_per_unit": D("1e-7")}, "cost", "Enter zero or more, with at most six decimals."),
        ({"rate": D("1e400"), "quantity_per_unit": D(1)}, "rate", "Enter zero or more"),
        ({"rate": D(1), "quantity_per_unit": D(0)}, "quantity", "Enter a quantity above zero"),
        ({"rate": D("1e10"), "quantity_per_unit": D(100)}, "rate", "Together this is more than"),
    ],
)
def test_cost_lines_that_cannot_be_are_refused(cost: dict[str, object], cell: str, sentence: str) -> None:
    values: dict[str, object] = {"kind": CostKind.LABOR, "label": "Work"}
    fields = bom_fields({create_product().id: 1}, costs=(labor(), CostFields(**(values | cost))))  # type: ignore[arg-type]
    (problem,) = refused(buildable().id, fields)
    assert problem[:3] == ("costs", 1, cell)
    assert sentence in problem[3]


@pytest.mark.parametrize(
    ("point", "target", "sentence"),
    [
        (None, "5", "A target level needs a build point."),
        ("5", "5", "The target level must be above the build point"),
        ("-1", None, "Enter zero or more, with at most four decimals."),
        ("0", "0.00001", "Enter zero or more, with at most four decimals."),
    ],
)
def test_build_point_and_target_level_belong_together(
    point: str | None, target: str | None, sentence: str
) -> None:
    levels = {"build_point": point and D(point), "target_level": target and D(target)}
    (problem,) = sentences(buildable().id, bom_fields({create_product().id: 1}, **levels))
    assert sentence in problem


def test_a_cycle_is_refused_with_its_path() -> None:
    table, frame, leg, wood = (buildable(name=name) for name in ("Table", "Frame", "Leg", "Wood"))
    create_bom(table.id, {wood.id: 1, frame.id: 1})
    create_bom(frame.id, {leg.id: 4})
    assert refused(leg.id, bom_fields({wood.id: 1, table.id: 1})) == [
        ("lines", 1, "sku", "This would make Leg a part of itself: Leg → Table → Frame → Leg.")
    ]


def test_a_draft_that_would_be_a_cycle_by_now_is_not_activated() -> None:
    table, leg = buildable(name="Table"), buildable(name="Leg")
    draft = create_bom(leg.id, {table.id: 1}, draft=True)
    create_bom(table.id, {leg.id: 4})
    with pytest.raises(BomRefused, match="Leg → Table → Leg"):
        service.activate(draft.id)
    assert service.get_bom(draft.id).status == BomStatus.DRAFT


def test_boms_nest_ten_levels_deep_and_no_deeper() -> None:
    """Twelve products in a row, the joint in the middle saved last: depth comes from both of its ends."""
    chain = [create_product().id, *(buildable().id for _ in range(11))]
    pairs = list(pairwise(chain))
    for below, above in [*pairs[:5], *pairs[6:10], pairs[5]]:
        create_bom(above, {below: 1})
    assert sentences(chain[11], bom_fields({chain[10]: 1})) == [
        "BOMs nest at most 10 levels deep. This component alone has 10."
    ]
    assert sentences(chain[1], bom_fields({create_bom().product_id: 1})) == [
        "BOMs nest at most 10 levels deep. This component alone has 1, "
        "and this product lies 9 deep in others."
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bom_lines SET quantity = 2",
        "DELETE FROM bom_lines",
        "INSERT INTO bom_lines (bom_id, position, component_id, quantity) SELECT bom_id, 2, product_id, 1 "
        "FROM bom_lines JOIN boms ON boms.id = bom_id",
        "UPDATE bom_costs SET label = 'other'",
        "DELETE FROM bom_costs",
        "INSERT INTO bom_costs (bom_id, position, kind, label, cost_per_unit) "
        "SELECT id, 2, 'other', 'more', 1 FROM boms",
        "UPDATE boms SET notes = 'other'",
        "UPDATE boms SET build_point = 1",
        "UPDATE boms SET status = 'draft'",
        "DELETE FROM boms",
    ],
)
def test_the_database_itself_keeps_a_version_as_it_was_saved(statement: str) -> None:
    create_bom(costs=(labor(),))
    with pytest.raises(DBAPIError, match="a version of a BOM never changes"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_lines_are_written_at_once(queries: list[str]) -> None:
    components = [create_product().id for _ in range(40)]
    product = buildable().id
    queries.clear()
    create_bom(product, dict.fromkeys(components, 1))
    assert len(queries) <= 12
    assert db.session.scalar(select(func.count()).select_from(BomLine)) == 40
