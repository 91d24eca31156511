"""The product's page with everything that all rooms show on it: right, and in ten statements."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.integrations.models import InventoryMode
from app.items.linking import link_item
from app.workspace.features import Feature
from tests.support.boms import buildable, create_bom
from tests.support.builds import Shop, built, create_shop, planned, switch_on
from tests.support.items import create_company, create_item
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.statements import statements
from tests.support.workspace import create_workspace

MOST = 10
SHOWN = 10
"""As many BOMs that use it as the page shows."""


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, who is shown everything."""
    with app.app_context():
        create_workspace()
        sign_in(client, create_user("owner"))
    return Visitor(client)


@pytest.fixture
def shop(app: Flask, visitor: Visitor) -> Shop:
    """A box that was built and is planned, whose parts planned builds reserve; it has a draft, too."""
    with app.app_context():
        switch_on(Feature.INVENTORY_RESERVATION)
        made = create_shop()
        built(made.bom.id, 3)
        planned(made.bom.id, 1)
        create_bom(made.product_id, {made.board: 3}, draft=True)
        for number in range(SHOWN):
            create_bom(buildable(name=f"Box {number}").id, {made.product_id: number + 1})
        create_company(inventory_mode=InventoryMode.SYNC)
        link_item(create_item(name="Box in the books").id, made.product_id, None)
    return made


@pytest.mark.parametrize("period", ["", "?period=30d", "?period=all"])
def test_it_takes_few_statements(app: Flask, visitor: Visitor, shop: Shop, period: str) -> None:
    with statements(app) as seen:
        page = visitor.get(f"/products/{shop.product_id}{period}")
    assert page.heading == "Box"
    assert len(seen) <= MOST, "\n".join(seen)


def test_the_panels_show_what_the_rooms_know(visitor: Visitor, shop: Shop) -> None:
    text = visitor.get(f"/products/{shop.product_id}").main
    assert "Version 1 , 3 components" in text
    assert "Draft Version 2" in text
    assert "Max buildable 6 , limited by Board" in text
    assert "QuickBooks Online leads on this product's quantity" in text
    assert "Box in the books" in text


def test_it_lists_the_boms_that_use_it_by_name(visitor: Visitor, app: Flask, shop: Shop) -> None:
    def uses() -> list[str]:
        tables = visitor.get(f"/products/{shop.product_id}").document.all("table")
        table = next(each for each in tables if each.one("caption").text == "Products made of it")
        return [row.text for row in table.one("tbody").all("th")]

    everything = [f"Box {number}" for number in range(SHOWN)]
    assert uses() == everything
    with app.app_context():
        create_bom(buildable(name="A crate").id, {shop.product_id: 1})
    assert uses() == ["A crate", *everything[:-1]]
    assert visitor.get(f"/products/{shop.product_id}").link("All products that use it")


def test_a_product_that_nothing_is_known_of_has_its_page(visitor: Visitor, app: Flask) -> None:
    with app.app_context():
        product_id = buildable(name="Lamp").id
    page = visitor.get(f"/products/{product_id}")
    assert "No BOM yet" in page.main
    assert "Nothing has moved yet" in page.main
    assert visitor.get("/products/999999", 404).heading
