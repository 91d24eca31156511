"""Stock corrected by hand, with a slip on the way, as a person does it on a desk and on a phone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_every_page import sign_in
from tests.products.builders import stock_up
from tests.support.browser import Watched, check_page
from tests.support.people import create_user
from tests.support.products import create_product
from tests.support.workspace import create_workspace


@pytest.fixture
def product(app: Flask) -> int:
    """80 m at 4.00, low at 70; the Owner can sign in."""
    with app.app_context():
        create_workspace()
        create_user("owner", email="owner@example.com")
        made = create_product(name="Oak board", unit="m", reorder_point=Decimal(70)).id
        stock_up(made, "80", "320")
    return made


def outcome(page: Page, figure: str) -> Locator:
    """What a figure will be after the adjustment, as the page shows it beside the form."""
    return page.locator("#outcome").get_by_role("row", name=figure).get_by_role("cell").last


def test_stock_is_removed_after_a_slip_and_then_added(screen: Watched, product: int) -> None:
    page = screen.page
    sign_in(page, "owner@example.com")
    page.goto(f"/products/{product}")
    expect(page.locator("dl.figures")).not_to_contain_text("low stock", ignore_case=True)
    page.get_by_role("button", name="Adjust Stock").click()
    page.get_by_label("Remove").check()
    expect(page.get_by_label("Unit cost")).to_be_hidden()
    page.get_by_label("Quantity").fill("800")
    page.get_by_label("Reason").select_option("Breakage or loss")
    expect(page.locator("#outcome")).to_contain_text("There is no more than 80 m on hand.")
    page.get_by_role("button", name="Adjust Stock").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no more than 80 m on hand.")
    check_page(page)
    expect(page.get_by_label("Quantity")).to_have_value("800")
    page.get_by_role("alert").get_by_role("link", name="Quantity").click()
    expect(page.get_by_label("Quantity")).to_be_focused()
    page.get_by_label("Quantity").fill("20")
    expect(outcome(page, "On hand")).to_have_text("60 m")
    page.get_by_label("Notes").fill("Fell off the rack")
    page.get_by_role("button", name="Adjust Stock").click()
    expect(page.locator("#notices")).to_contain_text("Stock is adjusted: 60 m on hand.")
    expect(page.locator("dl.figures")).to_contain_text("low stock", ignore_case=True)
    expect(page.get_by_text("Breakage or loss: Fell off the rack")).to_be_visible()
    check_page(page)
    add(page)
    expect(page.locator("dl.figures")).to_contain_text("80 m")
    expect(page.locator("dl.figures")).to_contain_text("4.50")


def add(page: Page) -> None:
    """20 m come in at 6.00: the average is shown before it is made."""
    page.get_by_role("button", name="Adjust Stock").click()
    page.get_by_label("Add").check()
    page.get_by_label("Quantity").fill("20")
    expect(page.get_by_label("Unit cost")).to_have_value("4")
    page.get_by_label("Unit cost").fill("6")
    page.get_by_label("Reason").select_option("Received stock")
    expect(outcome(page, "Unit cost")).to_have_text("4.50")
    expect(outcome(page, "Value")).to_have_text("360.00")
    check_page(page)
    page.get_by_role("button", name="Adjust Stock").click()
    expect(page.locator("#notices")).to_contain_text("Stock is adjusted: 80 m on hand.")
