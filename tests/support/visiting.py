"""Somebody who is signed in at a workspace that is set up, where most tests of pages begin."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.workspace.models import Workspace
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.workspace import create_workspace


def signed_in(app: Flask, client: FlaskClient, role: str = "owner", **overrides: Any) -> Visitor:
    """A new member in `role`; the workspace is set up unless it is already."""
    with app.app_context():
        if db.session.query(Workspace).first() is None:
            create_workspace()
        sign_in(client, create_user(role, **overrides))
    return Visitor(client)
