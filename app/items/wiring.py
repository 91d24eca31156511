"""How accounting items are joined to the app and to the rooms below."""

from __future__ import annotations

from flask import Flask

from app.integrations.guards import (
    register_link_counter,
    register_link_dropper,
    register_unlinked_counter,
)
from app.items.cli import items
from app.items.counts import count_unlinked
from app.items.linking import count_links, drop_links
from app.items.opening import SOURCE
from app.items.quantities import quantity_leader
from app.items.views import blueprint
from app.items.views.links import product_panel
from app.products.leading import register_leader
from app.products.panels import register_panel
from app.products.sources import register_source


def init_items(app: Flask) -> None:
    """The app has the items' pages and commands; products and connections know of links without asking us."""
    app.register_blueprint(blueprint)
    app.cli.add_command(items)
    register_panel(product_panel)
    register_leader(quantity_leader)
    register_source(SOURCE.kind, None, lambda _source_id: "Import of items")
    register_link_counter(count_links)
    register_unlinked_counter(count_unlinked)
    register_link_dropper(drop_links)
