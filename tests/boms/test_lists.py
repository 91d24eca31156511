"""The lists: all BOMs, what can be built, where a product is used; and the product page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.boms import availability, service
from app.boms.availability import register_reservations
from app.products.models import Product, ProductType
from app.products.service import set_active
from tests.support.boms import buildable, create_bom, labor
from tests.support.pages import Seen, Visitor
from tests.support.products import create_product
from tests.support.stock import stocked


def rows(page: Seen) -> list[str]:
    """The rows of the page's table, as they read."""
    return [row.text for row in page.document.one("tbody").all("tr")]


@pytest.fixture
def committed() -> Iterator[dict[str, int]]:
    """How much of each SKU planned builds will use, as a room above would say."""
    amounts: dict[str, int] = {}

    def reservations() -> object:
        if not amounts:
            return None
        quantity = func.sum(next(iter(amounts.values()))).label("quantity")
        taken = select(Product.id.label("product_id"), quantity)
        return taken.where(Product.sku == next(iter(amounts))).group_by(Product.id)

    before = list(availability._reservations)
    register_reservations(reservations)  # type: ignore[arg-type]
    register_reservations(reservations)  # type: ignore[arg-type]
    yield amounts
    availability._reservations[:] = before


def test_what_can_be_built_and_what_limits_it(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        leg = create_product(sku="LEG", name="Leg", unit="pcs").id
        oak = create_product(sku="OAK", name="Oak", unit="m").id
        stocked(leg, 31, "1.50")
        stocked(oak, 3, 8)
        create_bom(buildable(sku="T", name="Table").id, {leg: 2, oak: "0.25"}, {create_product().id: 1})
        create_bom(buildable(sku="B", name="Bench").id, {oak: "3.5"})
        create_bom(buildable(sku="Z", name="Zero").id, optional={oak: 1}, costs=(labor("2.50"),))
        create_bom(buildable(sku="D", name="Draft").id, {oak: 1}, draft=True)
    page = visitor.get("/boms/what-can-i-build")
    assert [row.removesuffix(" Build") for row in rows(page)] == [
        "Bench B none Oak 3 m available, 3.5 for one 28.00 0",
        "Table T 12 Oak 3 m available, 0.25 for one 5.00 0",
        "Zero Z no limit 2.50 0",
    ]
    assert [row.split()[0] for row in rows(visitor.get("/boms/what-can-i-build?buildable=now"))] == [
        "Table",
        "Zero",
    ]
    assert [row.split()[0] for row in rows(visitor.get("/boms/what-can-i-build?buildable=not"))] == ["Bench"]
    assert [row.split()[0] for row in rows(visitor.get("/boms/what-can-i-build?q=tab"))] == ["Table"]
    sent = visitor.client.get("/boms/what-can-i-build?format=csv").text
    assert 'Table,T,12,"Oak (OAK): 3 available, 0.25 for one",5,0,1' in sent.splitlines()


def test_what_is_inactive_limits_to_none_and_says_so(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        leg, oak = create_product(sku="LEG", name="Leg").id, create_product(sku="OAK", name="Oak").id
        stocked(leg, 31, 1)
        stocked(oak, 3, 8)
        create_bom(buildable(sku="T", name="Table").id, {oak: 1, leg: 4}, {create_product().id: 1})
        create_bom(buildable(sku="S", name="Stool").id, {oak: 1}, {leg: 1})
        gone = buildable(sku="B", name="Bench").id
        create_bom(gone, {oak: 1})
        set_active(leg, False)
        set_active(gone, False)
    path = "/boms/what-can-i-build"
    assert [row.removesuffix(" Build") for row in rows(visitor.get(path))] == [
        "Bench B none product inactive 8.00 0",
        "Stool S 3 Oak 3 available, 1 for one 8.00 0",
        "Table T none Leg inactive 12.00 0",
    ]
    assert [row.split()[0] for row in rows(visitor.get(f"{path}?buildable=now"))] == ["Stool"]
    assert [row.split()[0] for row in rows(visitor.get(f"{path}?buildable=not"))] == ["Bench", "Table"]
    sent = visitor.client.get(f"{path}?format=csv").text.splitlines()
    assert "Bench,B,0,product inactive,8,0,1" in sent
    assert "Table,T,0,Leg (LEG): inactive,12,0,1" in sent


def test_a_bom_s_own_page_names_what_is_inactive_too(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        oak, table = create_product(name="Oak").id, buildable(name="Table").id
        stocked(oak, 3, 8)
        bom = create_bom(table, {oak: 1}).id
        set_active(oak, False)
    assert "Max buildable 0 Limited by Oak inactive" in visitor.get(f"/boms/{bom}").main
    assert "Max buildable 0 , limited by Oak inactive" in visitor.get(f"/products/{table}").main
    page = visitor.submit(visitor.get(f"/boms/{bom}/edit"), "Add component")
    assert "Max buildable 0 Limited by Oak" in page.document.one(id="estimate").text


def test_what_planned_builds_will_use_is_not_available(
    app: Flask, visitor: Visitor, committed: dict[str, int]
) -> None:
    with app.app_context():
        oak = create_product(sku="OAK", name="Oak", unit="m").id
        stocked(oak, 10, 8)
        bom = create_bom(buildable(name="Bench").id, {oak: 2}).id
    assert "Bench" in rows(visitor.get("/boms"))[0] and " 5 " in rows(visitor.get("/boms"))[0]
    committed["OAK"] = 7
    assert "1 Oak 3 m available, 2 for one" in rows(visitor.get("/boms/what-can-i-build"))[0]
    page = visitor.get(f"/boms/{bom}")
    assert "Max buildable 1 Limited by Oak" in page.main
    assert "10 m 3 available" in page.main
    committed["OAK"] = 70
    assert "none Oak 0 m available" in rows(visitor.get("/boms/what-can-i-build"))[0]


def test_the_list_shows_one_version_of_each_product(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        bench, stool, lamp = (buildable(name=name).id for name in ("Bench", "Stool", "Lamp"))
        create_bom(bench)
        create_bom(bench)
        create_bom(bench, draft=True)
        create_bom(stool, draft=True)
        create_bom(lamp)
        service.archive(create_bom(lamp).id)
    assert [row.split()[0] for row in rows(visitor.get("/boms"))] == ["Bench"]
    assert [row.split()[0] for row in rows(visitor.get("/boms?state=draft"))] == ["Bench", "Stool"]
    (only,) = rows(visitor.get("/boms?state=archived"))
    assert only.startswith("Lamp")
    assert only.split()[2] == "2"
    assert visitor.get("/boms?type=sub_assembly").document.all("tbody") == []


def test_empty_pages_say_what_to_do(visitor: Visitor) -> None:
    assert "No BOMs yet." in visitor.get("/boms").main
    assert "Nothing has an active BOM yet." in visitor.get("/boms/what-can-i-build").main
    assert "No product can have a BOM yet." in visitor.get("/boms/new").main


def test_a_product_says_what_it_is_made_of_and_used_in(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        oak = create_product(name="Oak", unit="m").id
        leg = buildable(name="Leg", product_type=ProductType.SUB_ASSEMBLY).id
        create_bom(leg, {oak: "0.5"})
        tables = [buildable(name=f"Table {number:02}") for number in range(12)]
        for table in tables:
            create_bom(table.id, {oak: 2}, {leg: "4.5"})
        create_bom(tables[0].id, {leg: 1})
        create_bom(buildable(name="Someday").id, {oak: 1}, draft=True)
    page = visitor.get(f"/products/{leg}")
    assert "Active version Version 1 , 1 component" in page.main
    assert "Max buildable 0 , limited by Oak" in page.main
    assert "Table 00" in page.main
    assert "Table 01" in page.main
    uses = visitor.get(f"/products/{oak}")
    assert "BOM No BOM yet" not in uses.main
    page = visitor.follow(uses, "All products that use it")
    assert len(rows(page)) == 12
    assert "Someday" not in page.main
    assert "Table 00" not in page.main
    assert "2 m" in rows(page)[1]


def test_a_product_without_a_bom_offers_to_make_one(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        lamp, oak = buildable(name="Lamp").id, create_product().id
    page = visitor.follow(visitor.get(f"/products/{lamp}"), "New BOM")
    assert page.path == "/boms/new"
    assert "BOM" not in [heading.text for heading in visitor.get(f"/products/{oak}").document.all("h2")]


def test_every_version_is_listed(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        oak, bench = create_product().id, buildable().id
        ids = [create_bom(bench, {oak: number}).id for number in range(1, 13)]
    page = visitor.follow(visitor.get(f"/boms/{ids[-1]}"), "All versions")
    assert len(rows(page)) == 12
    assert visitor.follow(page, "Version 1").heading.startswith("BOM of")


def test_a_component_that_was_set_aside_later_is_marked(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        oak = create_product(name="Oak").id
        bom = create_bom(None, {oak: 1}).id
        set_active(oak, False)
    assert "Oak inactive" in visitor.get(f"/boms/{bom}").main
    page = visitor.get(f"/boms/{bom}/edit")
    page = visitor.submit(page, "Save", 400, **{"lines-0-quantity": "2"})
    assert "Oak is inactive. Reactivate it, or choose another component." in page.main


PAGES = (
    "/boms",
    "/boms/what-can-i-build",
    "/boms/what-can-i-build?buildable=now",
    "/boms/new",
    "/boms?q=part",
)


def test_pages_ask_as_little_of_many_boms_as_of_few(app: Flask, visitor: Visitor, queries: list[str]) -> None:
    with app.app_context():
        parts = [stocked(None, 5, 1) for _ in range(30)]
        first = create_bom(None, dict.fromkeys(parts[:2], 1)).id
    asked = []
    for _ in range(2):
        counts = []
        for path in (*PAGES, f"/boms/{first}", f"/products/{parts[0]}/used-in", f"/boms/{first}/edit"):
            queries.clear()
            visitor.get(path)
            counts.append(len(queries))
        asked.append(counts)
        with app.app_context():
            for number in range(60):
                create_bom(None, dict.fromkeys(parts[number % 20 : number % 20 + 8], 1))
            create_bom(service.get_bom(first).product_id, dict.fromkeys(parts, 1))
    assert all(count <= 12 for count in asked[1])
    assert all(after <= before + 1 for before, after in zip(*asked, strict=True))
