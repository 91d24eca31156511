"""A build from its plan to its review, at a desk and on the shop floor's phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.boms.service import active_bom
from app.builds.service import execute
from app.workspace.features import Feature
from tests.browser.test_every_page import sign_in
from tests.support.browser import Watched, check_page
from tests.support.builds import Shop, create_shop, planned, switch_on
from tests.support.people import create_user
from tests.support.workspace import create_workspace


@pytest.fixture
def shop(app: Flask) -> Shop:
    """Components for ten boxes; the Owner can sign in."""
    with app.app_context():
        create_workspace()
        create_user("owner", email="owner@example.com", first_name="Maren", last_name="Alder")
        return create_shop()


def bom_of(product_id: int) -> int:
    """The id of a product's active BOM."""
    bom = active_bom(product_id)
    assert bom
    return bom.id


def rows(page: Page) -> Locator:
    """The rows of the queue."""
    return page.locator("#queue tbody tr")


def confirm(page: Page, button: str) -> None:
    """Presses a button that asks first, and says yes."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


def test_a_build_is_planned_previewed_executed_and_half_rejected(
    app: Flask, screen: Watched, shop: Shop
) -> None:
    with app.app_context():
        switch_on(Feature.QA_REVIEW, Feature.BUILD_ASSIGNMENTS)
    page = screen.page
    sign_in(page, "owner@example.com")
    page.goto("/builds")
    page.get_by_role("button", name="New build").first.click()
    check_page(page)
    page.get_by_role("link", name="Box").click()
    expect(page.locator("#preview")).to_contain_text("13.60")
    page.get_by_label("Quantity").fill("11")
    expect(page.locator("#preview")).to_contain_text("2 pcs missing")
    check_page(page)
    page.get_by_label("Quantity").fill("3")
    expect(page.locator("#preview")).to_contain_text("40.80")
    page.get_by_label("Target date").fill("2030-03-09")
    page.get_by_label("Assignee").select_option("Maren Alder")
    page.get_by_role("button", name="Plan build").click()
    expect(page.locator("#notices")).to_contain_text("B-000001 is planned.")
    check_page(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Quantity", exact=True).fill("2")
    check_page(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 × Box")
    confirm(page, "Execute build")
    expect(page.locator("#notices")).to_contain_text("on the shelf once somebody approves it")
    check_page(page)
    reject_half(page)
    expect(page.locator("#notices")).to_contain_text("What you entered is back in stock, the rest is lost.")
    expect(page.get_by_text("Lost: 3.50")).to_be_visible()
    check_page(page)


def reject_half(page: Page) -> None:
    """One of four boards is lost; what was typed survives a slip."""
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_label("Recovered of Board")).to_be_hidden()
    page.get_by_label("Reason").select_option("Wrong materials")
    page.get_by_label("Partial recovery").check()
    page.get_by_label("Recovered of Board").fill("5")
    page.get_by_label("Recovered of Screw").fill("16")
    page.get_by_label("Recovered of Wax").fill("2")
    check_page(page)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a quantity from 0 to 4")
    expect(page.get_by_label("Recovered of Screw")).to_have_value("16")
    check_page(page)
    page.get_by_label("Recovered of Board").fill("3")
    page.get_by_role("button", name="Reject").click()


def test_the_queue_is_put_in_order_by_buttons_and_by_dragging(
    app: Flask, screen: Watched, shop: Shop
) -> None:
    with app.app_context():
        for quantity in (1, 2, 3):
            planned(bom_of(shop.product_id), quantity)
    page = screen.page
    sign_in(page, "owner@example.com")
    page.goto("/builds/queue")
    page.get_by_role("button", name="To the top: B-000003").click()
    expect(rows(page).first).to_contain_text("B-000003")
    expect(page.get_by_role("button", name="To the top: B-000003")).to_be_disabled()
    page.get_by_role("button", name="Move down: B-000003").click()
    expect(rows(page).nth(1)).to_contain_text("B-000003")
    drag(page, "B-000002", 0)
    expect(rows(page).first).to_contain_text("B-000002")
    page.reload()
    for place, number in enumerate(("B-000002", "B-000001", "B-000003")):
        expect(rows(page).nth(place)).to_contain_text(number)
    check_page(page)
    confirm(page, "Delete")
    expect(page.locator("#notices")).to_contain_text("B-000002 is deleted.")
    confirm(page, "Execute build")
    expect(page.locator("#notices")).to_contain_text("B-000001 is executed.")


def test_what_is_dragged_beside_a_build_that_has_left_goes_back_and_says_why(
    app: Flask, screen: Watched, shop: Shop
) -> None:
    with app.app_context():
        ids = [planned(bom_of(shop.product_id), 1).id for _ in range(3)]
    page = screen.page
    sign_in(page, "owner@example.com")
    page.goto("/builds/queue")
    with app.app_context():
        execute(ids[0], None)
    drag(page, "B-000003", 0)
    expect(page.locator("#notices")).to_contain_text("B-000001 has left the queue")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("B-000002")
    check_page(page)


def drag(page: Page, number: str, place: int) -> None:
    """Takes a build's row by its grip to the place of another, and lets it go once the page has answered."""
    grip = rows(page).filter(has_text=number).locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    box = rows(page).nth(place).bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 4, steps=8)
    expect(rows(page).nth(place)).to_contain_text(number)
    with page.expect_response(lambda answer: "/builds/queue" in answer.url):
        page.mouse.up()
