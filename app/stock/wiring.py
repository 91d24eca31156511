"""How the ledger is joined to the app."""

from __future__ import annotations

from flask import Flask

from app.stock import models  # noqa: F401  its tables are known to the app
from app.stock.cli import stock


def init_stock(app: Flask) -> None:
    """The app has the ledger and its commands."""
    app.cli.add_command(stock)
