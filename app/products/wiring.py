"""How the catalogue is joined to the app."""

from __future__ import annotations

from flask import Flask

from app.products.importing.wiring import init_importing
from app.products.views import blueprint


def init_products(app: Flask) -> None:
    """The app has the catalogue's pages."""
    app.register_blueprint(blueprint)
    init_importing(app)
