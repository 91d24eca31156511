"""What the app needs to know of this room."""

from __future__ import annotations

from flask import Flask

from app.dashboard.views import blueprint


def init_dashboard(app: Flask) -> None:
    """Opens the start page."""
    app.register_blueprint(blueprint)
