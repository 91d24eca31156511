"""How the people's room is joined to the app."""

from __future__ import annotations

from flask import Flask

from app.extensions import login_manager
from app.people.access import can
from app.people.sessions import recognise_people
from app.people.views import blueprint


def init_people(app: Flask) -> None:
    """The app has the people's pages, knows who is signed in, and its templates can ask `can(…)`."""
    app.register_blueprint(blueprint)
    recognise_people(login_manager)
    app.jinja_env.globals["can"] = can
