"""A workspace with people, and a mail server that keeps what it is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import argon2.profiles
import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app import create_app
from app.extensions import db
from config import Settings
from tests.people.conftest import member, owner
from tests.workspace.post_office import PostOffice

__all__ = ["member", "owner"]


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A mail server on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    office = PostOffice(port)
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def mailing_app(app: Flask, environment: dict[str, str], post_office: PostOffice) -> Iterator[Flask]:
    """The application with that mail server, on the same tables."""
    mail = {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(post_office.port),
        "MAIL_DEFAULT_SENDER": "l@example.com",
    }
    mailing = create_app(Settings.from_environment(environment | mail))
    mailing.config.update(TESTING=True, PASSWORD_HASHING=argon2.profiles.CHEAPEST)
    yield mailing
    with mailing.app_context():
        db.engine.dispose()
