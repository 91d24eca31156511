"""Small helpers that every view uses."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response


def see_other(endpoint: str, **values: Any) -> Response:
    """The redirect that follows a POST: 303, to one of our own pages."""
    return redirect(url_for(endpoint, **values), code=303)
