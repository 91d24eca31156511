"""What a measurement stands on: real servers in a folder of their own, and a catalogue that is replayed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.foundation.embedded.postgres import ensure_postgres
from app.foundation.embedded.redis import ensure_redis
from app.providers.throttle import Limits
from config import Settings
from tests.support.database import empty_tables
from tests.support.integrations import store_bare_connection
from tests.support.workspace import create_workspace

ROOT = Path(__file__).resolve().parents[2]
FORGET_FLOOR = "DROP TABLE IF EXISTS floor_items, floor_levels, floor_movements"
ALL_TYPES = ["inventory", "non_inventory", "service", "group", "bundle"]


@contextmanager
def replayed(items: int, *options: str) -> Iterator[str]:
    """The address of a provider with `items` items, rendered beforehand, in a process of its own."""
    command = [sys.executable, "-m", "app.sandbox.replay", "--items", str(items), "--port", "0", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


def environment(folder: Path, api_url: str) -> dict[str, str]:
    """The settings of an installation on embedded servers in `folder`, durable as in production."""
    return {
        **os.environ,
        "SECRET_KEY": "a secret for measuring only",
        "TOKEN_KEYS": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "DATABASE_URL": ensure_postgres(folder / "postgres"),
        "REDIS_URL": ensure_redis(folder / "redis"),
        "INSTANCE_DIR": str(folder),
        "QBO_CLIENT_ID": "bench",
        "QBO_CLIENT_SECRET": "bench",
        "QBO_TOKEN_URL": f"{api_url}/oauth2/v1/tokens/bearer",
        "QBO_API_URL": api_url,
    }


def built(settings: dict[str, str]) -> Flask:
    """The app on those settings, without the provider's limits: the replaying server has none to keep."""
    app = create_app(Settings.from_environment(settings))
    app.config["PROVIDER_LIMITS"] = Limits()
    return app


def migrated(app: Flask) -> None:
    """The schema is there and every table is empty."""
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        empty_tables(db.engine)
        create_workspace()


def connect() -> int:
    """A connection to the replaying server, with every item type; returns its id."""
    return store_bare_connection("Replay", ALL_TYPES)


def forget_items() -> None:
    """No item, run or entry is stored, as before the first sync."""
    with db.engine.begin() as connection:
        connection.execute(
            text("TRUNCATE accounting_items, accounting_item_pages, sync_runs, sync_entries CASCADE")
        )
        connection.execute(text(FORGET_FLOOR))
