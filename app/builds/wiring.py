"""How builds are joined to the app."""

from __future__ import annotations

from flask import Flask

from app.builds import models  # noqa: F401  its tables are known to the app


def init_builds(app: Flask) -> None:
    """The app has builds."""
