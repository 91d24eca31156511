"""Linking products and items by hand, with suggestions, on a desk, on a phone and without script."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.items.linking import get_item
from tests.support.browser import PHONE, Watched, check_page
from tests.support.items import add_item, add_product, create_company, product_of
from tests.support.live import LiveSite
from tests.support.people import PASSWORD, create_user
from tests.support.workspace import create_workspace


@pytest.fixture
def email(app: Flask) -> str:
    """An Accountant of a workspace whose one company leads on quantities."""
    with app.app_context():
        create_workspace()
        create_company(inventory_mode="sync")
        return create_user("accountant").email


def sign_in(page: Page, email: str, path: str) -> None:
    page.goto(f"/login?next={path}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_item_is_linked_to_a_suggested_product_and_unlinked_again(
    app: Flask, screen: Watched, email: str
) -> None:
    item = add_item(app, sku="OAK-25", name="Oak board, 25 mm", quantity_on_hand="40", purchase_cost="6.5")
    product = add_product(app, sku="oak-25", name="Oak board")
    add_product(app, sku="OTHER", name="Oak board, 25 MM")
    page = screen.page
    sign_in(page, email, f"/items/{item}")
    page.get_by_role("button", name="Link to a product").click()
    rows = page.get_by_role("row").filter(has=page.get_by_role("button", name="Link"))
    expect(rows.nth(0)).to_contain_text("same SKU", ignore_case=True)
    expect(rows.nth(1)).to_contain_text("same name", ignore_case=True)
    check_page(page)
    rows.nth(0).get_by_role("button", name="Link").click()
    expect(page.locator("#notices")).to_contain_text("The next sync brings the quantity from the books.")
    assert product_of(app, item) == product
    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("exports that need the link fail")).to_be_visible()
    check_page(page)
    page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    expect(page.locator("#notices")).to_contain_text("The product stays.")
    assert product_of(app, item) is None


def test_a_product_is_linked_to_an_item_that_was_searched_for(
    app: Flask, screen: Watched, email: str
) -> None:
    item, product = add_item(app, name="Oak, planed"), add_product(app, name="Board")
    page = screen.page
    sign_in(page, email, f"/products/{product}")
    page.get_by_role("button", name="Link an item").click()
    expect(page.get_by_text("No item has the same SKU or name.")).to_be_visible()
    page.get_by_role("main").get_by_role("searchbox", name="Search").fill("oak")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    check_page(page)
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Board is linked to Oak, planed.")
    assert product_of(app, item) == product


def fill_suggestions(app: Flask) -> list[int]:
    """The ids of items with a clear candidate each, after two with the same one."""
    add_product(app, sku="MUG", name="A mug that has two candidates")
    for name in ("Mug, white", "Mug, blue"):
        add_item(app, sku="MUG", name=name)
    for number in range(5):
        add_product(app, sku=f"BOARD-{number}", name=f"Board number {number}")
    return [add_item(app, sku=f"Board-{number}", name=f"Oak, {number} mm") for number in range(5)]


def test_all_clear_suggestions_are_linked_at_once_and_the_others_by_choice(
    app: Flask, screen: Watched, email: str
) -> None:
    clear = fill_suggestions(app)
    page = screen.page
    sign_in(page, email, "/items")
    page.get_by_role("button", name="Link suggestions").click()
    check_page(page)
    boxes = page.get_by_label("Select", exact=False).and_(page.locator("[name=pair]"))
    assert [box.is_checked() for box in boxes.all()] == [False, False, *[True] * 5]
    page.get_by_label("Select Board number 4 for Oak, 4 mm").uncheck()
    page.get_by_role("button", name="Link selected").click()
    expect(page.locator("#notices")).to_contain_text("4 products linked. The next sync brings")
    assert [product_of(app, item) is not None for item in clear] == [True] * 4 + [False]
    for name in ("Mug, white", "Mug, blue"):
        page.get_by_label(f"Select A mug that has two candidates for {name}").check()
    page.get_by_role("button", name="Link selected").click()
    expect(page.get_by_text("is in two of the suggestions that you chose")).to_be_visible()
    check_page(page)
    page.get_by_label("Select A mug that has two candidates for Mug, blue").uncheck()
    page.get_by_role("button", name="Link selected").click()
    expect(page.get_by_text("Nothing to suggest.")).to_be_visible()
    check_page(page)


def test_without_script_suggestions_are_linked_too(
    app: Flask, browser: Browser, site: LiveSite, email: str
) -> None:
    clear = fill_suggestions(app)
    context = browser.new_context(base_url=site.url, java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, email, "/items/suggestions")
    page.get_by_role("button", name="Link selected").click()
    expect(page.locator("#notices")).to_contain_text("5 products linked.")
    with app.app_context():
        assert all(get_item(item).link for item in clear)
    context.close()
