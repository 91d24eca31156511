"""Every page of the program, filled, on a desk and on a phone: accessible, no wider than the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException

from tests.browser.filled import begin_working, fill
from tests.support.browser import Watched, complaints_about
from tests.support.people import PASSWORD
from tests.support.sandbox import SandboxProcess


class Place(NamedTuple):
    """An address, its parts in braces as `fill` names them, and what is done there before it is looked at."""

    path: str
    act: Callable[[Page], object] | None = None
    status: int = 200


NOT_PAGES = {
    "static",
    "health.healthz",
    "health.readyz",
    "product_imports.csv_template",  # files to start from
    "product_imports.workbook_template",
    "consent.quickbooks_callback",  # a redirect, always
    "sync.progress",  # a part of sync.run, which asks for it
    "boms.lines_csv",  # a file
    "boms.components",  # choices of a field on boms.create and boms.edit, which ask for them
}


def press(button: str) -> Callable[[Page], None]:
    """Presses the first button of that name."""
    return lambda page: page.get_by_role("button", name=button, exact=True).first.click()


def press_at_once(button: str) -> Callable[[Page], None]:
    """Sends the form as it is, so that the server says what is wrong with it."""

    def act(page: Page) -> None:
        page.evaluate("document.querySelectorAll('form').forEach(each => each.noValidate = true)")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()

    return act


def save_nothing(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_label("Reorder point").fill("a few")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()


def plan_nothing(page: Page) -> None:
    page.get_by_label("Quantity").fill("none")
    page.get_by_label("Quantity").press("Tab")
    page.get_by_role("button", name="Plan build").click()
    expect(page.get_by_role("alert")).to_be_visible()


def save_no_component(page: Page) -> None:
    page.get_by_label(re.compile("^Quantity of")).first.fill("a few")
    page.get_by_role("textbox", name="SKU (optional)").fill("NOT-A-COMPONENT-OF-OURS")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()


def recover_too_much(page: Page) -> None:
    page.get_by_label("Reason").select_option("Other")
    page.get_by_label("Partial recovery").check()
    page.get_by_label(re.compile("^Recovered of Board")).fill("1000")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_be_visible()


def save_wrong_rows(page: Page) -> None:
    page.get_by_label("SKU of component 1", exact=True).fill("nothing like it")
    page.get_by_label("Quantity of component 2", exact=True).fill("a few")
    page.get_by_label("Rate of cost line 2").fill("much")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()


def clash_again(page: Page) -> None:
    for choice in page.get_by_label(re.compile("^What to do with")).all():
        choice.select_option("sku")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Please mend what is marked below.")).to_be_visible()


def link_everything(page: Page) -> None:
    for box in page.get_by_label(re.compile("^Select .* for ")).all():
        box.check()
    page.get_by_role("button", name="Link selected").click()
    expect(page.get_by_text("is in two of the suggestions that you chose")).to_be_visible()


def invite(page: Page) -> None:
    page.get_by_label("E-mail address").fill("somebody.with.a.long.address@example.com")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_label("Invitation link")).to_be_visible()


def choose_another_company(page: Page) -> None:
    page.get_by_role("button", name="Reconnect", exact=True).first.click()
    page.get_by_label("Second Street Pottery").check()
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which company?")


CLASHES = (
    "/items/import?item={hinge}&item={twin}&item={other_twin}&item={nameless}&item={loose}&item={imported}"
)
SIGNED_OUT = [
    Place("/login"),
    Place("/login", press_at_once("Sign in")),
    Place("/invitations/{invitation}"),
    Place("/invitations/{invitation}", press_at_once("Join")),
    Place("/invitations/{lapsed_invitation}", status=404),
]
OWNER = [
    Place("/"),
    Place("/items"),
    Place("/items?q=nothing+like+it"),
    Place("/items/{imported}"),
    Place("/items/{imported_inactive}", press("Unlink")),
    Place("/items/{hinge}/link"),
    Place("/items/{hinge}/link?q=walnut"),
    Place("/items/suggestions"),
    Place("/items/suggestions", link_everything),
    Place(CLASHES),
    Place(CLASHES, clash_again),
    Place("/products"),
    Place("/products/value?stock=in"),
    Place("/products/{product}"),
    Place("/products/{by_hand}", press("Deactivate")),
    Place("/products/{by_hand}?period=all"),
    Place("/products/{by_hand}/history"),
    Place("/products/{by_hand}/adjust"),
    Place("/products/{by_hand}/adjust", press_at_once("Adjust Stock")),
    Place("/products/{by_hand}/link?q=board"),
    Place("/products/import"),
    Place("/products/import", press_at_once("Upload and check")),
    Place("/products/import/{wrong_upload}"),
    Place("/products/import/{good_upload}"),
    Place("/products/import/{done_upload}"),
    Place("/products/new", save_nothing),
    Place("/products/{by_hand}/edit", save_nothing),
    Place("/boms"),
    Place("/boms?state=draft"),
    Place("/boms?q=nothing+like+it"),
    Place("/boms/what-can-i-build"),
    Place("/boms/new"),
    Place("/boms/new?product_id={whole}", press_at_once("Save")),
    Place("/boms/{bom}", press("Archive")),
    Place("/boms/{old_bom}"),
    Place("/boms/{draft_bom}"),
    Place("/boms/{bom}/edit"),
    Place("/boms/{bom}/edit", save_wrong_rows),
    Place("/boms/{bom}/duplicate"),
    Place("/boms/{bom}/versions"),
    Place("/products/{part}"),
    Place("/products/{part}/used-in"),
    Place("/builds"),
    Place("/builds?q=nothing+like+it"),
    Place("/builds/queue"),
    Place("/builds/queue", press("Delete")),
    Place("/builds/queue?from=2026-01-01&to=2026-12-31"),
    Place("/builds/new"),
    Place("/builds/new/{buildable}"),
    Place("/builds/new/{buildable}", plan_nothing),
    Place("/builds/{planned_build}", press("Execute build")),
    Place("/builds/{short_build}"),
    Place("/builds/{outdated_build}"),
    Place("/builds/{planned_build}/edit"),
    Place("/builds/{planned_build}/edit", save_no_component),
    Place("/builds/{reviewed_build}"),
    Place("/builds/{reviewed_build}/reject", press_at_once("Reject")),
    Place("/builds/{reviewed_build}/reject", recover_too_much),
    Place("/builds/{rejected_build}"),
    Place("/builds/{built}"),
    Place("/builds/{built}/undo"),
    Place("/products/{buildable}"),
    Place("/sync-runs"),
    Place("/sync-runs/{synced}"),
    Place("/sync-runs/{synced}/stock"),
    Place("/sync-runs/{synced}/stock?q=nowhere"),
    Place("/sync-runs/{preview}"),
    Place("/sync-runs/{failed}"),
    Place("/sync-runs/{cancelled}"),
    Place("/sync-runs/{superseded}"),
    Place("/sync-runs/{waiting}"),
    Place("/settings/integrations"),
    Place("/settings/integrations", press("Disconnect")),
    Place("/settings/integrations", choose_another_company),
    Place("/settings/integrations/{active}/inventory"),
    Place("/settings/integrations/{active}/inventory/connect"),
    Place("/settings/integrations/{active}/inventory/lotledger-only"),
    Place("/settings/integrations/{expired}/inventory"),
    Place("/integrations/done"),
    Place("/settings/business"),
    Place("/settings/features"),
    Place("/settings/team", invite),
    Place("/settings/team/ownership"),
    Place("/settings/permissions"),
    Place("/settings/alerts"),
    Place("/settings/audit"),
    Place("/settings/profile"),
    Place("/settings/profile/security"),
    Place("/nowhere", status=404),
]
BUILDER = [
    Place("/"),
    Place("/builds/queue"),
    Place("/items/{imported}"),
    Place("/settings/team", status=403),
]


@pytest.fixture
def screen(screen: Watched) -> Watched:
    """A window of either width, without popups."""
    screen.context.add_init_script("window.open = () => null")
    return screen


class Walk:
    """A walk past pages, which remembers what was wrong and which of the program's pages it saw."""

    def __init__(self, app: Flask, screen: Watched) -> None:
        self.page = screen.page
        self.schemes = ("light",) if screen.is_phone else ("light", "dark")
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self._addresses = app.url_map.bind("localhost")

    def past(self, places: Iterable[Place], names: dict[str, object]) -> None:
        """Each place is opened and looked at."""
        for place in places:
            answer = self.page.goto(place.path.format_map(names))
            assert answer and answer.status == place.status, (place, answer and answer.status)
            if place.act:
                place.act(self.page)
            self._look()

    def _look(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        self.wrong += complaints_about(self.page, self.schemes)
        with suppress(HTTPException):
            self.seen.add(self._addresses.match(urlsplit(self.page.url).path)[0])


def sign_in(page: Page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.timeout(900)  # it opens some eighty pages, each in light and dark
def test_every_page_is_fit_to_be_seen(app: Flask, sandbox: SandboxProcess, screen: Watched) -> None:
    walk = Walk(app, screen)
    walk.past([Place("/setup"), Place("/setup", press_at_once("Create workspace"))], {})
    names = fill(app, sandbox)
    walk.past(SIGNED_OUT, names)
    sign_in(screen.page, "owner@example.com")
    walk.past(OWNER, names)
    begin_working(app, names["waiting"])
    walk.past([Place("/sync-runs/{waiting}"), Place("/")], names)
    sign_in(screen.page, "builder@example.com")
    walk.past(BUILDER, names)
    assert walk.wrong == []
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - NOT_PAGES == walk.seen
