"""A real browser, Debian's Chromium, that notices what a person with open developer tools would."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

AXE = Path(__file__).parent.parent / "browser" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

OWN_STATUS = "Failed to load resource: the server responded with a status of 4"

FLAGS = [
    "--no-sandbox",  # the tests may run as root, as in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser runs inside the block."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A browser window and what went wrong in it: console errors, script errors, refusals by the policy."""

    def __init__(self, browser: Browser, base_url: str, *, phone: bool = False) -> None:
        self.wrong: list[str] = []
        self.is_phone = phone
        self.context: BrowserContext = browser.new_context(
            base_url=base_url,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            has_touch=phone,
            locale="en-GB",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.wrong.append(f"script error: {error.error}"))
        self.page: Page = self.context.new_page()
        self._pages: set[str] = set()
        self.context.on("request", self._note)

    def close(self) -> None:
        """Closed; raises AssertionError with whatever went wrong."""
        self.context.close()
        assert self.wrong == []

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            self._pages.add(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith(OWN_STATUS) and message.location["url"] in self._pages:
            return  # the page itself is the answer to what is wrong, as it should be
        if message.type in {"error", "warning"}:
            self.wrong.append(f"{message.type}: {message.text} ({message.location})")


def check_page(page: Page) -> None:
    """Raises AssertionError unless the page passes axe in light and dark and fits the window."""
    complaints = complaints_about(page)
    assert not complaints, "\n".join(complaints)


def complaints_about(page: Page, schemes: tuple[str, ...] = ("light", "dark")) -> list[str]:
    """What axe finds in each of the schemes, and whether anything is wider than the window; a line each.

    Schemes differ in their colours only, so all but the first are asked about contrast alone.
    """
    found: list[str] = []
    for number, scheme in enumerate(schemes):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        broken = violations(page, CONTRAST if number else RULES)
        found += [f"{page.url} ({scheme}) {violation}" for violation in broken]
    page.emulate_media(color_scheme="light")
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append(f"{page.url} is wider than the window")
    return found


def violations(page: Page, asked: dict[str, Any]) -> list[str]:
    """What axe finds wrong with a page by the rules that are asked for, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "asked => axe.run(document, {runOnly: asked, resultTypes: ['violations']})", asked
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} ({node['failureSummary']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
