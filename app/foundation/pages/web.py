"""Small helpers that every view uses."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, url_for
from werkzeug.wrappers import Response


def see_other(endpoint: str, **values: Any) -> Response:
    """The redirect that follows a POST: 303, to one of our own pages."""
    return redirect(url_for(endpoint, **values), code=303)


def public_url(endpoint: str, **values: Any) -> str:
    """The full address of one of our pages, for mails: below APP_URL, whatever host we listen on."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['SETTINGS'].app_url}{path}"
