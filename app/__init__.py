"""Lotledger: joins the lots on the shelf to the ledger in the books.

Each room is a package below; the order in which they may know each other is the layer contract in
`pyproject.toml`. The rooms are wired in `factory.py`, which is read when an application is made and not
before: a process that needs none (`app.integrations.tokens.refresher`) starts in a third of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.foundation.version import VERSION

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

__version__ = VERSION

MAX_UPLOAD_BYTES = 16 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """The application for one installation, its servers reached (and started, where none are configured)."""
    from app.factory import build_app  # noqa: PLC0415  see above

    return build_app(settings)
