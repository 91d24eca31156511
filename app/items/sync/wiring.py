"""What the app needs to know of item sync."""

from __future__ import annotations

from flask import Flask

from app.integrations import panels as connection_panels
from app.items.sync.views import blueprint, connection_panel, run_panel
from app.sync import panels as run_panels


def init_item_sync(app: Flask) -> None:
    """Opens the buttons that start a sync, and shows them on connections and on the runs of previews."""
    app.register_blueprint(blueprint)
    connection_panels.register_panel(connection_panel)
    run_panels.register_panel(run_panel)
