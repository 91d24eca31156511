"""How the catalogue is joined to the app."""

from __future__ import annotations

from flask import Flask

from app.foundation.pages.addresses import row_url
from app.people.access import can
from app.products import adjusting, service
from app.products.importing.wiring import init_importing
from app.products.sources import register_source
from app.products.views import blueprint


def init_products(app: Flask) -> None:
    """The app has the catalogue's pages, and stock transactions say in words where they came from."""
    app.register_blueprint(blueprint)
    init_importing(app)
    register_source(service.SOURCE, None, lambda _number: "New product")
    register_source(adjusting.SOURCE, None, lambda _number: "By hand")
    register_source("sync_run", _run_url, lambda number: f"Sync run {number}" if number else "Sync run")


def _run_url(run_id: int) -> str | None:
    """A sync run's page, for people who may see it."""
    return row_url("sync.run", "run_id", run_id) if can("sync_items") else None
