"""The checklist on the start page, from the first click to its disappearance, on a desk and on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_connecting import ALDER, choose, popup_of
from tests.support.browser import Watched, check_page
from tests.support.integrations import stored
from tests.support.people import PASSWORD, create_user
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace


@pytest.fixture(params=["desk", "phone"])
def page(request: pytest.FixtureRequest, app: Flask, sandbox: SandboxProcess) -> Page:
    """The start page of an empty workspace in a window of either width, the Owner signed in."""
    screen: Watched = request.getfixturevalue({"desk": "window", "phone": "phone"}[request.param])
    with app.app_context():
        create_workspace()
        email = create_user().email
    screen.page.goto("/login")
    screen.page.get_by_label("E-mail address").fill(email)
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.page.get_by_role("button", name="Sign in").click()
    return screen.page


def steps(page: Page, *states: str) -> None:
    """Opens the start page, whose steps are in these states."""
    page.goto("/")
    expect(page.locator(".steps li > span")).to_have_text(list(states))
    check_page(page)


def connect(page: Page) -> None:
    page.get_by_role("button", name="Connect", exact=True).click()
    popup = popup_of(page, "Connect to QuickBooks")
    with popup.expect_event("close"):
        choose(popup, ALDER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do quantities live?")
    check_page(page)


def sync(page: Page) -> None:
    page.get_by_role("button", name="Sync items").click()
    page.get_by_role("button", name="Sync items").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible(timeout=30_000)


def import_one(page: Page) -> None:
    page.get_by_role("button", name="Import").click()
    page.get_by_label("Select Alder 4/4").check()
    page.get_by_role("button", name="Import").click()
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#notices")).to_contain_text("1")


def test_four_steps_lead_to_the_first_product(app: Flask, page: Page) -> None:
    steps(page, "Next", "Later", "Later", "Later")
    connect(page)
    page.get_by_role("button", name="Connect inventory").click()
    expect(page.locator("#notices")).to_contain_text(f"{ALDER} has the inventory connection")
    assert stored(app).inventory_mode == "sync"
    steps(page, "Done", "Done", "Next", "Later")
    sync(page)
    steps(page, "Done", "Done", "Done", "Next")
    import_one(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.locator(".steps")).to_have_count(0)


def test_the_choice_can_wait_and_is_not_forgotten(app: Flask, page: Page) -> None:
    steps(page, "Next", "Later", "Later", "Later")
    connect(page)
    page.get_by_role("link", name="Decide later").click()
    expect(page.get_by_role("region", name="Inventory")).to_contain_text("Not chosen yet")
    steps(page, "Done", "Next", "Later", "Later")
    expect(page.get_by_role("button", name="Sync items")).to_be_visible()
    page.get_by_role("button", name="Choose").click()
    page.get_by_role("button", name="Set Lotledger only").click()
    expect(page.locator("#notices")).to_contain_text(f"{ALDER} is set to Lotledger only")
    assert stored(app).inventory_mode == "lotledger_only"
    steps(page, "Done", "Done", "Next", "Later")
