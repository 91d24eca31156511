"""Changing where quantities live, with the question asked first, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_connecting import ALDER, POTTERY, open_integrations
from tests.support.browser import Watched, check_page
from tests.support.integrations import create_connection, stored
from tests.support.people import create_user
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace


@pytest.fixture
def companies(app: Flask, sandbox: SandboxProcess) -> str:
    """Two connected companies, one in Sync mode; the Owner's address."""
    alder, pottery = (company["realm"] for company in sandbox.companies())
    create_connection(app, sandbox, alder, inventory_mode="sync")
    create_connection(app, sandbox, pottery)
    with app.app_context():
        create_workspace()
        return create_user().email


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_the_inventory_connection_passes_from_one_company_to_the_other(
    app: Flask, screen: Watched, companies: str
) -> None:
    page = screen.page
    open_integrations(page, companies)
    first, second = page.get_by_role("region", name="Inventory").all()
    expect(first).to_contain_text("Sync")
    expect(second).to_contain_text("Not chosen yet")
    refused = second.get_by_role("button", name="Connect inventory")
    expect(refused).to_be_disabled()
    expect(refused).to_have_accessible_description(
        re.compile(f"^{ALDER} has the inventory connection already")
    )
    check_page(page)

    first.get_by_role("button", name="Set Lotledger only").click()
    heading(page, "Set Lotledger only?")
    check_page(page)
    page.get_by_role("button", name="Set Lotledger only").click()
    expect(page.locator("#notices")).to_contain_text(f"{ALDER} is set to Lotledger only")

    second.get_by_role("button", name="Connect inventory").click()
    heading(page, "Connect inventory?")
    check_page(page)
    page.get_by_role("button", name="Connect inventory").click()
    expect(page.locator("#notices")).to_contain_text(f"{POTTERY} has the inventory connection")
    expect(second).to_contain_text("QuickBooks Online leads")
    check_page(page)
    assert [stored(app, number).inventory_mode for number in (1, 2)] == ["lotledger_only", "sync"]


def test_thinking_better_of_it_leaves_everything(app: Flask, screen: Watched, companies: str) -> None:
    page = screen.page
    open_integrations(page, companies)
    page.get_by_role("button", name="Set Lotledger only").first.click()
    page.get_by_role("button", name="Cancel").click()
    heading(page, "Integrations")
    assert stored(app, 1).inventory_mode == "sync"


def test_it_can_be_done_with_the_keyboard_alone(app: Flask, screen: Watched, companies: str) -> None:
    page = screen.page
    open_integrations(page, companies)
    page.get_by_role("button", name="Set Lotledger only").first.focus()
    page.keyboard.press("Enter")
    heading(page, "Set Lotledger only?")
    button = page.get_by_role("button", name="Set Lotledger only")
    page.locator("main").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("is set to Lotledger only")
    assert stored(app, 1).inventory_mode == "lotledger_only"


def test_the_place_that_is_taken_is_explained_where_the_two_are_compared(
    screen: Watched, companies: str
) -> None:
    page = screen.page
    open_integrations(page, companies)
    page.get_by_role("link", name="Compare the two").click()
    heading(page, "Where do quantities live?")
    expect(page.get_by_role("button", name="Connect inventory")).to_be_disabled()
    expect(page.get_by_role("region", name="In Lotledger")).to_contain_text("Recommended")
    check_page(page)
