"""How BOMs are joined to the app."""

from __future__ import annotations

from flask import Flask

from app.boms import models  # noqa: F401  its tables are known to the app


def init_boms(app: Flask) -> None:
    """The app has BOMs."""
