"""From an empty installation to products that came from the books, as the first person there sees it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import Watched, check_page
from tests.support.sandbox import SandboxProcess

COMPANY = "Alder & Finch Woodworks"
PASSWORD = "oak and brass and glue"


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def set_up(page: Page) -> None:
    page.goto("/")
    heading(page, "Set up your workspace")
    page.get_by_label("Business name").fill("Alder & Finch")
    page.get_by_label("First name").fill("Maren")
    page.get_by_label("Last name").fill("Alder")
    page.get_by_label("E-mail address").fill("maren@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("repeat|again", re.IGNORECASE)).fill(PASSWORD)
    page.get_by_role("button", name="Create workspace").click()


def connect(page: Page) -> None:
    heading(page, "Dashboard")
    page.get_by_role("button", name="Connect", exact=True).click()
    heading(page, "Integrations")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Connect to QuickBooks").click()
    popup = opened.value
    popup.get_by_label(COMPANY).check()
    popup.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do quantities live?", timeout=20_000)
    check_page(page)
    page.get_by_role("button", name="Connect inventory").click()
    expect(page.get_by_role("heading", level=2, name=COMPANY)).to_be_visible()


def run(page: Page, button: str, title: str) -> int:
    """How many items a run created, or would create; its progress is seen on the way."""
    page.goto("/settings/integrations")
    page.get_by_role("button", name=button).click()
    heading(page, re.compile(title))
    expect(page.get_by_role("progressbar", name="Records read")).to_be_visible()
    check_page(page)
    created = page.locator("dl.figures div", has_text="Created").locator("dd")
    expect(created).to_be_visible(timeout=30_000)
    check_page(page)
    return int(created.inner_text())


def hide(page: Page, name: str) -> None:
    page.goto("/items?q=" + name)
    page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Hide").click()
    expect(page.locator("#notices")).to_contain_text("1 item")
    page.goto("/items?q=" + name)
    expect(page.get_by_label(f"Select {name}")).to_have_count(0)
    check_page(page)


def import_boards(page: Page) -> int:
    """How many products the boards in the books became."""
    page.goto("/items")
    page.get_by_role("searchbox", name="Search").fill("Boards")
    page.get_by_role("searchbox", name="Search").press("Enter")
    check_page(page)
    page.get_by_label("All that match").check()
    page.get_by_role("button", name="Import").click()
    heading(page, re.compile(r"^Import \d+ items$"))
    check_page(page)
    number = int(page.locator("dl.figures div", has_text="New products").locator("dd").inner_text())
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#notices")).to_contain_text(str(number))
    return number


def test_from_an_empty_installation_to_the_first_products(screen: Watched, sandbox: SandboxProcess) -> None:
    page = screen.page
    set_up(page)
    connect(page)
    sandbox.fault("slow", times=2, seconds=2, contains="from Item")
    previewed = run(page, "Preview sync", "Preview")
    page.goto("/items")
    expect(page.get_by_role("row")).to_have_count(0)
    sandbox.fault("slow", times=2, seconds=2, contains="from Item")
    assert run(page, "Sync items", "Item sync") == previewed > 200
    hide(page, "Alder 4/4")
    imported = import_boards(page)
    assert imported > 5
    page.goto("/products")
    expect(page.locator(".pager")).to_contain_text(f"{imported} products")
    page.get_by_role("link", name="Alder 6/4").click()
    heading(page, "Alder 6/4")
    check_page(page)
    page.goto("/")
    heading(page, "Dashboard")
    expect(page.get_by_role("heading", name="Getting started")).to_have_count(0)
    check_page(page)
