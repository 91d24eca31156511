"""An app with little patience, its Owner at a browser, and the sandbox's two companies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.providers import registry
from tests.support.integrations import IMPATIENT, Visitor
from tests.support.sandbox import SandboxProcess
from tests.support.workspace import create_workspace


@pytest.fixture(autouse=True)
def impatient(app: Flask) -> Iterator[None]:
    """Nobody waits for a provider for long."""
    app.config["PROVIDER_OPTIONS"] = IMPATIENT
    yield
    del app.config["PROVIDER_OPTIONS"]


@pytest.fixture
def owner(app: Flask, sandbox: SandboxProcess) -> Visitor:
    """The Owner of a workspace, signed in."""
    with app.app_context():
        create_workspace()
    return Visitor(app, sandbox)


@pytest.fixture
def alder(sandbox: SandboxProcess) -> str:
    """The realm of Alder & Finch Woodworks, the first company."""
    return str(sandbox.companies()[0]["realm"])


@pytest.fixture
def pottery(sandbox: SandboxProcess) -> str:
    """The realm of Second Street Pottery, the second company."""
    return str(sandbox.companies()[1]["realm"])


@pytest.fixture
def plain_books(monkeypatch: pytest.MonkeyPatch) -> str:
    """In QuickBooks' place in the registry stands a system that lets nobody adjust quantities; its name."""
    entry = registry._ENTRIES["quickbooks"]
    fixed = replace(entry.capabilities, quantity_adjustments=False)
    monkeypatch.setitem(
        registry._ENTRIES, "quickbooks", replace(entry, label="Plain Books", capabilities=fixed)
    )
    return "Plain Books"
