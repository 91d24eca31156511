"""Pages of accounting items: the list, one item, import, links."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("items", "app.items", template_folder="templates")

from app.items.views import importing, items, links  # noqa: E402  they add their pages to it

__all__ = ["blueprint", "importing", "items", "links"]
