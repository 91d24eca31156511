"""How BOMs are joined to the app."""

from __future__ import annotations

from flask import Flask

from app.boms.service import objection_to_type
from app.boms.views import blueprint
from app.boms.views.boms import product_panel
from app.products.panels import register_panel
from app.products.retyping import register_objector


def init_boms(app: Flask) -> None:
    """The app has the pages of BOMs, and product pages show what a product is made of and used in.

    A product with an active BOM stays something that is built.
    """
    app.register_blueprint(blueprint)
    register_panel(product_panel)
    register_objector(objection_to_type)
