"""Somebody of the workspace as tests know them: their row's id, and their browser."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from app.people.models import User
from tests.support.html import parse
from tests.support.pages import Seen, Visitor
from tests.support.people import create_user, sign_in


class Member:
    """A user and a browser that is signed in as them."""

    def __init__(self, app: Flask, user: User) -> None:
        self.app = app
        self.id = user.id
        self.email = user.email
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, user)
        self.visitor = Visitor(self.client)

    def get(self, path: str, status: int = 200) -> Seen:
        """The page at `path`."""
        return self.visitor.get(path, status)

    def submit(self, page: Seen, button: str, status: int = 200, **values: Any) -> Seen:
        """What comes after pressing a button."""
        return self.visitor.submit(page, button, status, **values)

    def send(self, path: str, **data: Any) -> TestResponse:
        """The answer to a POST that no form of ours would send, with a good CSRF token."""
        page = parse(self.client.get("/settings/profile").text)
        token = page.one("meta", name="csrf-token")["content"]
        return self.client.post(path, data={"csrf_token": token, **data})

    def row(self) -> User:
        """The user as stored now."""
        with self.app.app_context():
            user = db.session.get_one(User, self.id)
            db.session.refresh(user)
            db.session.expunge(user)
            return user


def join(app: Flask, role: str, **overrides: Any) -> Member:
    """A new member in `role`, signed in on a browser of their own."""
    with app.app_context():
        return Member(app, create_user(role, **overrides))
