"""What the app needs to know of this room."""

from __future__ import annotations

from flask import Flask

from app.foundation.background.jobs import register_schedule
from app.sync.views import blueprint

SWEEP_SECONDS = 30


def init_sync(app: Flask) -> None:
    """Opens the pages of sync runs and has lost runs swept twice a minute."""
    app.register_blueprint(blueprint)
    register_schedule("app.sync.jobs.sweep_runs", SWEEP_SECONDS)
