"""Columns of unit costs line up, and a SKU stays in one piece where there is room for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.test_every_page import sign_in
from tests.support.boms import create_bom
from tests.support.browser import Watched, check_page
from tests.support.builds import built
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.stock import stocked
from tests.support.workspace import create_workspace

COSTS = ["3", "12.5", "0.75", "94.509", "13.3333", "0.05"]
# Where the decimal point of each figure of a column is painted, a pixel at most from the others.
POINTS = """cells => cells.map(cell => {
    const text = cell.querySelector('.figure').firstChild
    const range = document.createRange()
    const at = text.data.indexOf('.')
    range.setStart(text, at)
    range.setEnd(text, at + 1)
    return Math.round(range.getBoundingClientRect().left)
})"""
LINES = "cells => cells.map(cell => cell.getClientRects().length)"
SKU = "WAL-NUT-BOX-DOVE-TAIL-ED-LIN-ED"


@pytest.fixture
def workshop(app: Flask) -> None:
    """Builds at many unit costs, of products with many hyphens in their SKUs."""
    with app.app_context():
        create_workspace()
        create_user("owner", email="owner@example.com")
        for number, cost in enumerate(COSTS):
            part = stocked(None, 10, cost)
            made = create_product(
                name=f"Walnut box number {number}",
                sku=f"{SKU[: -number or None]}",
                product_type="finished_good",
            )
            built(create_bom(made.id, {part: Decimal(1)}).id, 1)


def sees(page: Page, path: str) -> Page:
    sign_in(page, "owner@example.com")
    page.goto(path)
    check_page(page)
    return page


@pytest.mark.usefixtures("workshop")
@pytest.mark.parametrize(("path", "label"), [("/builds", "Cost per unit"), ("/products", "Unit cost")])
def test_decimal_points_stand_below_each_other(window: Watched, path: str, label: str) -> None:
    page = sees(window.page, path)
    points = page.locator(f'td[data-label="{label}"]').evaluate_all(POINTS)
    assert len(points) >= len(COSTS)
    assert max(points) - min(points) <= 1


@pytest.mark.usefixtures("workshop")
def test_a_sku_is_in_one_piece(window: Watched) -> None:
    page = sees(window.page, "/builds")
    assert set(page.locator("td.wide .code").evaluate_all(LINES)) == {1}


@pytest.mark.usefixtures("workshop")
def test_on_a_phone_it_fits(phone: Watched) -> None:
    sees(phone.page, "/builds")
