"""The embedded database, which ends with its last user, waits for the refreshing process, too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.embedded import release
from app.integrations.gateway import open_provider
from config import Settings
from tests.foundation.embedded_support import server_folder, server_runs, wait_until
from tests.integrations.askers import Asker, TokenServer
from tests.support.integrations import create_connection, refreshes, stored
from tests.support.processes import ROOT

LAST_USERS_GRACE = 3
"""Seconds for which the servers outlive their last user."""


@contextmanager
def installation(environment: dict[str, str], folder: Path) -> Iterator[Flask]:
    """This process uses the installation inside the block, and not after."""
    app = create_app(Settings.from_environment(environment))
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        release(folder / "postgres")
        release(folder / "redis")


def test_the_last_user_is_killed_before_the_answer(sandbox, process_environment) -> None:
    with server_folder() as folder, TokenServer(process_environment["QBO_TOKEN_URL"]) as token_server:
        environment = process_environment | {
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "INSTANCE_DIR": str(folder),
            "QBO_TOKEN_URL": f"{token_server.url}/bearer",
        }
        with installation(environment, folder) as app:
            with app.app_context():
                upgrade(directory=str(ROOT / "migrations"))
            create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
            before = stored(app).refresh_token

        def strike() -> None:
            asking.kill(group=True)
            time.sleep(LAST_USERS_GRACE + 1)

        token_server.before = strike
        asking = Asker(environment)
        assert token_server.passed.wait(60)
        wait_until(
            lambda: not server_runs(folder / "postgres")
        )  # the process has ended, and its server after it
        token_server.before = lambda: None
        with installation(environment, folder) as app:
            assert stored(app).refresh_token != before
            sandbox.control("tokens", {"expire": True})
            with app.app_context():
                assert open_provider(1).company().name == "Alder & Finch Woodworks"
        assert len(refreshes(sandbox)) == 2
