"""Where the room's pages are gathered."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", "app.people", template_folder="templates")
