"""The room's blueprint, apart from the pages so that each of them can import it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("products", "app.products", template_folder="templates")
