"""The frame around every page: reachable by keyboard, on a phone, without script, in light and dark."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PHONE, Watched, check_page, complaints_about
from tests.support.live import LiveSite
from tests.support.people import PASSWORD, create_user
from tests.support.workspace import create_workspace

PLACES = [
    "/",
    "/settings/integrations",
    "/settings/business",
    "/settings/features",
    "/settings/team",
    "/settings/permissions",
    "/settings/alerts",
    "/settings/audit",
    "/settings/profile",
    "/settings/profile/security",
    "/products",
    "/items",
    "/sync-runs",
]


@pytest.fixture
def owner_email(app: Flask) -> str:
    """The Owner of a workspace that is set up."""
    with app.app_context():
        create_workspace()
        return create_user().email


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def check_places(page: Page) -> None:
    complaints: list[str] = []
    for place in PLACES:
        page.goto(place)
        complaints += complaints_about(page)
    assert not complaints, "\n".join(complaints)


def test_every_page_is_accessible_on_a_desk(page: Page, owner_email: str) -> None:
    page.goto("/login")
    check_page(page)
    sign_in(page, owner_email)
    check_places(page)


def test_every_page_is_accessible_on_a_phone(phone: Watched, owner_email: str) -> None:
    sign_in(phone.page, owner_email)
    check_places(phone.page)


def test_the_set_up_page_is_accessible(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/setup$"))
    check_page(page)


def test_on_a_phone_the_navigation_opens_behind_its_button(phone: Watched, owner_email: str) -> None:
    page = phone.page
    sign_in(page, owner_email)
    settings = page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")
    expect(settings).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    check_page(page)
    settings.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Integrations")


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page, owner_email: str) -> None:
    sign_in(page, owner_email)
    page.goto("/settings/profile")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("main")


def test_the_choice_of_appearance_stays_in_the_browser(page: Page, owner_email: str) -> None:
    sign_in(page, owner_email)
    page.goto("/settings/profile")
    page.get_by_label("Dark").check()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 24, 27)"
    page.goto("/settings/profile")
    expect(page.get_by_label("Dark")).to_be_checked()
    page.get_by_label("System").check()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(".*"))


def test_everything_opens_without_script(browser: Browser, site: LiveSite, owner_email: str) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, owner_email)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))
    context.close()
