"""Where builds show on pages: their own, the products' and the stock histories'."""

from __future__ import annotations

from flask import Flask

from app.builds.display.panel import product_panel
from app.builds.models import SOURCE, number_of
from app.builds.views import blueprint
from app.builds.views.blueprint import SEE
from app.foundation.pages.addresses import row_url
from app.people.access import can
from app.products.panels import register_panel
from app.products.sources import register_source


def open_pages(app: Flask) -> None:
    """The app has the builds' pages; products show their builds, and stock transactions lead to theirs."""
    app.register_blueprint(blueprint)
    register_panel(product_panel)
    register_source(SOURCE, _build_url, lambda build_id: number_of(build_id) if build_id else "Build")


def _build_url(build_id: int) -> str | None:
    """A build's page, for people who may see it."""
    return row_url("builds.show", "build_id", build_id) if any(can(each) for each in SEE) else None
