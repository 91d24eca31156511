"""Connecting in a popup, and in the same window where there can be none."""

from __future__ import annotations

import re
import time

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import Watched, check_page
from tests.support.integrations import create_connection
from tests.support.live import LiveSite
from tests.support.people import PASSWORD, create_user
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace

ALDER = "Alder & Finch Woodworks"
POTTERY = "Second Street Pottery"


@pytest.fixture
def owner_email(app: Flask, sandbox: SandboxProcess) -> str:
    """The Owner of a workspace; the sandbox knows nobody yet."""
    with app.app_context():
        create_workspace()
        return create_user().email


def open_integrations(page: Page, email: str) -> None:
    page.goto("/login?next=/settings/integrations")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Integrations")


def choose(page: Page, company: str, button: str = "Connect") -> None:
    """What the person does on the consent page."""
    page.get_by_label(company).check()
    page.get_by_role("button", name=button).click()


def popup_of(page: Page, button: str) -> Page:
    with page.expect_popup() as opened:
        page.get_by_role("button", name=button, exact=True).click()
    popup = opened.value
    expect(popup).to_have_url(re.compile("/connect/oauth2"))
    return popup


def shown(page: Page, company: str = ALDER) -> None:
    """The company is connected and its owner is asked where quantities live."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do quantities live?")
    expect(page.locator("#notices")).to_contain_text(f"{company} is connected")


def after_a_second(route: Route) -> None:
    time.sleep(1)
    route.continue_()


def test_the_popup_closes_itself_and_the_opener_shows_the_company(page: Page, owner_email: str) -> None:
    open_integrations(page, owner_email)
    check_page(page)
    popup = popup_of(page, "Connect to QuickBooks")
    with popup.expect_event("close"):
        choose(popup, ALDER)
    shown(page)
    check_page(page)
    page.get_by_role("link", name="Decide later").click()
    expect(page.get_by_role("heading", level=2, name=ALDER)).to_be_visible()
    check_page(page)


def test_a_refusal_in_the_popup_is_told_by_the_opener(page: Page, owner_email: str) -> None:
    open_integrations(page, owner_email)
    popup = popup_of(page, "Connect to QuickBooks")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="No thanks").click()
    expect(page.locator("#notices")).to_contain_text("did not allow")


def test_a_popup_that_is_closed_by_hand_leaves_a_page_that_works(page: Page, owner_email: str) -> None:
    open_integrations(page, owner_email)
    popup = popup_of(page, "Connect to QuickBooks")
    with page.expect_navigation():
        popup.close()
    popup = popup_of(page, "Connect to QuickBooks")
    with popup.expect_event("close"):
        choose(popup, ALDER)
    shown(page)


def test_a_popup_that_is_slow_to_speak_is_waited_for(page: Page, owner_email: str) -> None:
    open_integrations(page, owner_email)
    popup = popup_of(page, "Connect to QuickBooks")
    popup.route("**/connect.js*", after_a_second)
    with popup.expect_event("close"):
        choose(popup, ALDER)
    shown(page)


def test_a_window_that_was_loading_when_the_popup_spoke_hears_it_again(page: Page, owner_email: str) -> None:
    open_integrations(page, owner_email)
    popup = popup_of(page, "Connect to QuickBooks")
    page.goto("about:blank")
    choose(popup, ALDER)
    expect(popup.get_by_role("heading", level=1)).to_have_text("You can close this window")
    with popup.expect_event("close"):
        page.goto("/settings/integrations")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do quantities live?")


def test_a_blocked_popup_leads_through_the_same_window(page: Page, owner_email: str) -> None:
    page.add_init_script("window.open = () => null")
    open_integrations(page, owner_email)
    page.get_by_role("button", name="Connect to QuickBooks").click()
    choose(page, ALDER)
    shown(page)


def test_without_script_the_same_window_does_it(browser: Browser, site: LiveSite, owner_email: str) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    open_integrations(page, owner_email)
    page.get_by_role("button", name="Connect to QuickBooks").click()
    choose(page, ALDER)
    shown(page)
    context.close()


def test_another_company_in_the_popup_is_decided_in_the_opener(
    app: Flask, sandbox: SandboxProcess, page: Page, owner_email: str
) -> None:
    create_connection(app, sandbox)
    open_integrations(page, owner_email)
    popup = popup_of(page, "Reconnect")
    with popup.expect_event("close"):
        choose(popup, POTTERY)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which company?")
    check_page(page)
    page.get_by_role("button", name=f"Replace it with {POTTERY}").click()
    shown(page, POTTERY)
    page.get_by_role("link", name="Decide later").click()
    expect(page.get_by_role("heading", level=2, name=POTTERY)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(ALDER))).to_be_visible()
    check_page(page)


def test_on_a_phone_everything_fits(
    app: Flask, sandbox: SandboxProcess, phone: Watched, owner_email: str
) -> None:
    open_integrations(phone.page, owner_email)
    check_page(phone.page)
    create_connection(app, sandbox, state="expired", last_problem="QuickBooks no longer accepts this.")
    phone.page.reload()
    phone.page.locator("summary").click()
    check_page(phone.page)
    phone.page.get_by_role("button", name="Disconnect").click()
    expect(phone.page.get_by_text("Synced items, products and their links stay")).to_be_visible()
    phone.page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(phone.page.get_by_role("heading", level=2, name="Disconnected")).to_be_visible()
    check_page(phone.page)
