"""Where the room's pages are gathered."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("items", "app.items", template_folder="templates")
