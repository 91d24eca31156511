"""The room's door: what the factory calls to open it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask

from app.foundation.pages.security import allow_form_target
from app.integrations import callback_views, inventory_views
from app.integrations.cli import commands
from app.integrations.notices import connection_context
from app.integrations.views import blueprint
from config import Settings

INTUIT = "intuit.com"


def init_integrations(app: Flask) -> None:
    """The app has the pages, commands and notices of connections."""
    settings: Settings = app.config["SETTINGS"]
    allow_form_target(app, settings.quickbooks.authorize_url)
    if (urlsplit(settings.quickbooks.authorize_url).hostname or "").endswith(f".{INTUIT}"):
        # The consent page hands a browser that is not signed in on to Intuit's other hosts, and Chromium
        # applies form-action to every redirect that follows a form.
        allow_form_target(app, f"https://*.{INTUIT}")
    app.register_blueprint(blueprint)
    app.register_blueprint(callback_views.blueprint)
    app.register_blueprint(inventory_views.blueprint)
    app.cli.add_command(commands)
    app.context_processor(connection_context)
