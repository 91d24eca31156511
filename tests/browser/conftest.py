"""Browser tests: the program in processes of its own, and windows that fail a test if anything is amiss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support.browser import Watched, chromium
from tests.support.live import LiveSite


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def running_site(
    process_environment: dict[str, str], run_directory: Path, worker_number: int
) -> Iterator[LiveSite]:
    """Web process and worker, started once for these tests and gone before others, whose jobs it would do."""
    with LiveSite(process_environment, run_directory / f"live{worker_number}") as site:
        yield site


@pytest.fixture
def site(app: Flask, running_site: LiveSite) -> LiveSite:
    """The running program, its tables empty."""
    return running_site


@pytest.fixture
def window(browser: Browser, site: LiveSite) -> Iterator[Watched]:
    """A window on a desk: `window.page` is its page, `window.wrong` what went wrong so far."""
    watched = Watched(browser, site.url)
    yield watched
    watched.close()


@pytest.fixture
def phone(browser: Browser, site: LiveSite) -> Iterator[Watched]:
    """A window as narrow as a phone."""
    watched = Watched(browser, site.url, phone=True)
    yield watched
    watched.close()


@pytest.fixture
def page(window: Watched) -> Page:
    """The page of a window on a desk."""
    return window.page


@pytest.fixture(params=["desk", "phone"])
def screen(request: pytest.FixtureRequest) -> Watched:
    """A window of either width."""
    chosen: Watched = request.getfixturevalue({"desk": "window", "phone": "phone"}[request.param])
    return chosen
