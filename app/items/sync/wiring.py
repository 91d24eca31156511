"""What the app needs to know of item sync."""

from __future__ import annotations

from flask import Flask

from app.integrations import panels as connection_panels
from app.items.sync.stock_changes import mail_section
from app.items.sync.views import blueprint, connection_panel, run_panel, stock_panel
from app.sync import panels as run_panels
from app.sync.summary import register_section


def init_item_sync(app: Flask) -> None:
    """Opens the buttons that start a sync, and shows what it did and what can be done next."""
    app.register_blueprint(blueprint)
    connection_panels.register_panel(connection_panel)
    run_panels.register_panel(run_panel)
    run_panels.register_panel(stock_panel)
    register_section(mail_section)
