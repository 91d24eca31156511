"""A BOM made, changed and read, with slips on the way, as a person does it on a desk and on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.products.models import ProductType
from tests.browser.test_every_page import sign_in
from tests.products.builders import stock_up
from tests.support.boms import buildable, create_bom, labor
from tests.support.browser import PHONE, Watched, check_page
from tests.support.live import LiveSite
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.workspace import create_workspace


@pytest.fixture
def table(app: Flask) -> int:
    """A table to be made of legs, which are turned of beech, and of oak; a Builder can sign in."""
    with app.app_context():
        create_workspace()
        create_user("builder", email="ines@example.com")
        beech = create_product(sku="BEECH", name="Beech square", unit="m").id
        oak = create_product(sku="OAK-25", name="Oak board", unit="m").id
        leg = buildable(sku="LEG", name="Table leg", unit="pcs", product_type=ProductType.SUB_ASSEMBLY).id
        stock_up(beech, "10", "80")
        stock_up(oak, "3", "24")
        stock_up(leg, "31", "46.50")
        create_bom(leg, {beech: "0.5"}, costs=(labor(2, "Turning"),))
        return buildable(sku="TABLE", name="Table").id


def row(page: Page, number: int, sku: str, quantity: str) -> None:
    page.get_by_label(f"SKU of component {number}", exact=True).fill(sku)
    page.get_by_label(f"Quantity of component {number}", exact=True).fill(quantity)


def test_a_bom_is_made_then_edited(screen: Watched, table: int) -> None:
    page = screen.page
    sign_in(page, "ines@example.com")
    page.goto(f"/products/{table}")
    page.get_by_role("button", name="New BOM").click()
    row(page, 1, "LEG", "two")
    expect(page.get_by_text("Table leg · 31 pcs available · 1.50 each")).to_be_visible()
    row(page, 2, "OAK-25", "0.25")
    page.get_by_role("button", name="Remove component 3").click()
    expect(page.get_by_label("SKU of component 3")).to_have_count(0)
    page.get_by_role("button", name="Add cost line").click()
    expect(page.get_by_label("Kind of cost line 1")).to_be_focused()
    page.get_by_label("What cost line 1 is for").fill("Assembly")
    page.get_by_label("Rate of cost line 1").fill("32")
    page.get_by_label("Quantity of cost line 1").fill("0.75")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Component 1: Enter a number, such as 12.5.")
    check_page(page)
    page.get_by_role("alert").get_by_role("link", name="Component 1").click()
    expect(page.get_by_label("Quantity of component 1")).to_be_focused()
    page.get_by_label("Quantity of component 1").fill("2")
    expect(page.get_by_label("Rate of cost line 1")).to_have_value("32")
    page.get_by_label("Rate of cost line 1").press("Tab")
    expect(page.locator("#estimate")).to_contain_text("29.00")
    expect(page.locator("#estimate")).to_contain_text("Oak board")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Version 1 is saved and active.")
    expect(page.locator("dl.figures")).to_contain_text("12")
    edit(page)


def edit(page: Page) -> None:
    """Four legs from now on: a new version, the old one as it was, the tree with what a leg is made of."""
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Quantity of component 1").fill("4")
    page.get_by_role("button", name="Move component 1 down").click()
    expect(page.get_by_label("SKU of component 2")).to_have_value("LEG")
    expect(page.get_by_label("Quantity of component 2")).to_have_value("4")
    check_page(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Version 2 is saved and active.")
    tree = page.locator("section:has(#tree)")
    expect(tree).to_contain_text("Beech square")
    expect(tree).to_contain_text("2 m")
    check_page(page)
    tree.locator("summary").first.click()
    expect(tree.get_by_text("Beech square")).to_be_hidden()
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_text("Version 1 is archived")).to_be_visible()
    expect(page.get_by_role("row", name="Table leg").first).to_contain_text("2 pcs")
    check_page(page)


def test_a_scanner_fills_in_the_rows(window: Watched, table: int) -> None:
    """It types a SKU and presses Enter; a person types the quantity and presses Enter."""
    page = window.page
    sign_in(page, "ines@example.com")
    page.goto(f"/boms/new?product_id={table}")
    page.get_by_label("SKU of component 1").focus()
    for number, (sku, quantity) in enumerate((("LEG", "4"), ("OAK-25", "0.5")), start=1):
        expect(page.get_by_label(f"SKU of component {number}")).to_be_focused()
        page.keyboard.type(sku)
        page.keyboard.press("Enter")
        expect(page.get_by_label(f"Quantity of component {number}")).to_be_focused()
        page.keyboard.type(quantity)
        page.keyboard.press("Enter")
    expect(page.get_by_label("SKU of component 3")).to_be_focused()
    expect(page.locator("#estimate")).to_contain_text("10.00")


def test_products_are_offered_while_their_name_is_typed(window: Watched, table: int) -> None:
    page = window.page
    sign_in(page, "ines@example.com")
    page.goto(f"/boms/new?product_id={table}")
    page.get_by_label("SKU of component 1").press_sequentially("oak")
    expect(page.locator("#component-options option")).to_have_attribute("value", "OAK-25")


def test_a_bom_is_made_without_script(browser: Browser, site: LiveSite, table: int) -> None:
    context = browser.new_context(base_url=site.url, viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, "ines@example.com")
    page.goto(f"/boms/new?product_id={table}")
    row(page, 1, "leg", "4")
    row(page, 2, "Oak board", "0.5")
    row(page, 3, "BEECH", "0.1")
    page.get_by_label("Component 3 is optional").check()
    page.get_by_role("button", name="Add component").click()
    row(page, 4, "TABLE", "1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Component 4: A product cannot be its own component.")
    page.get_by_role("button", name="Remove component 4").click()
    page.get_by_role("button", name="Move component 3 up").click()
    expect(page.get_by_label("Component 2 is optional")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1 is saved and active.")).to_be_visible()
    context.close()
