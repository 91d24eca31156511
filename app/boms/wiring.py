"""How BOMs are joined to the app."""

from __future__ import annotations

from flask import Flask

from app.boms.views import blueprint
from app.boms.views.boms import product_panel
from app.products.panels import register_panel


def init_boms(app: Flask) -> None:
    """The app has the pages of BOMs, and product pages show what a product is made of and used in."""
    app.register_blueprint(blueprint)
    register_panel(product_panel)
