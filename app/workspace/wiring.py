"""How the workspace's room is joined to the app."""

from __future__ import annotations

from flask import Flask

from app.workspace.cli import users
from app.workspace.views import blueprint


def init_workspace(app: Flask) -> None:
    """The app has the workspace's pages, leads to the set-up first, and has the `users` commands."""
    app.register_blueprint(blueprint)
    app.cli.add_command(users)
