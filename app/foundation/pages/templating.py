"""What every template can use: addresses of assets, ids that are unique on the page, navigation, filters."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from app.foundation.pages import cells, formatting, navigation
from app.foundation.pages.addresses import page_url, row_urls
from app.foundation.pages.controls import action_button, csrf_field, unique_id
from app.foundation.pages.icons import icon
from app.foundation.version import VERSION

# No eval, no inline style, no page kept in the browser's storage; an error's text goes to the notices.
HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "selfRequestsOnly": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True, "target": "#notices", "swapOverride": "innerHTML"},
    ],
}


# What the layout knows of rooms that have nothing to show; each room's context processor overrides its part.
LAYOUT_DEFAULTS: dict[str, Any] = {
    "workspace": None,
    "connection_notices": (),
    "connection_states": (),
    "running_sync": None,
}


def init_templating(app: Flask) -> None:
    """Gives the templates their globals and filters, and the layout its defaults, before any room's own."""
    app.context_processor(lambda: LAYOUT_DEFAULTS)
    app.jinja_env.filters.update(formatting.FILTERS)
    app.jinja_env.globals.update(
        asset=asset,
        cells=cells,
        draw_action_button=action_button,
        draw_csrf=csrf_field,
        draw_icon=icon,
        unique_id=unique_id,
        htmx_config=json.dumps(HTMX_CONFIG),
        version=VERSION,
        main_places=navigation.main_places,
        settings_places=navigation.settings_places,
        place_url=navigation.place_url,
        row_urls=row_urls,
        products_search_url=products_search_url,
    )


def asset(name: str) -> str:
    """The address of a static file with its content's fingerprint, so that browsers may keep it for long."""
    fingerprint = _fingerprint(current_app.static_folder or "", name, current_app.debug)
    return page_url("static", filename=name, v=fingerprint)


def products_search_url(can: navigation.Can) -> str | None:
    """Where the top bar's search leads, for people who may see products."""
    return navigation.place_url("products.index") if can("view_inventory") else None


def _fingerprint(folder: str, name: str, fresh: bool) -> str:
    return _read_fingerprint.__wrapped__(folder, name) if fresh else _read_fingerprint(folder, name)


@cache
def _read_fingerprint(folder: str, name: str) -> str:
    return sha256(Path(folder, name).read_bytes()).hexdigest()[:10]
