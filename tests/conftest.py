"""Real servers for every test: one PostgreSQL and one Redis, a database and a Redis number per process.

The schema is built by the migrations once, in a template database; each test process clones it. A test
starts with empty tables and an empty Redis. Nothing of ours is patched.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import argon2.profiles
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from redis import Redis
from sqlalchemy import make_url

from app import create_app
from app.extensions import db, limiter
from app.foundation.embedded.postgres import ensure_postgres
from app.foundation.embedded.redis import ensure_redis
from config import Settings
from tests.support.database import empty_tables
from tests.support.sandbox import SandboxProcess

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "lotledger_template"
# An example that takes long is no failure: the machine may be busy.
hypothesis_settings.register_profile("patient", hypothesis_settings(deadline=None))
hypothesis_settings.load_profile("patient")
TOKEN_KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """0, 1, … for the parallel test processes, 0 when there is one."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def run_directory(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Only one test process is in the block at a time."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_url(run_directory: Path) -> str:
    """The run's own PostgreSQL, with durability traded for speed."""
    return ensure_postgres(run_directory / "postgres", fast=True)


@pytest.fixture(scope="session")
def redis_url(run_directory: Path, worker_number: int) -> str:
    """A Redis database that no other test process uses."""
    url = ensure_redis(run_directory / "redis")
    return url.replace("db=0", f"db={worker_number + 1}")


def administer(url: str, *statements: str) -> None:
    """Runs statements outside any transaction, on the server's own database."""
    address = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def database_named(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template_database(postgres_url: str, redis_url: str, run_directory: Path) -> str:
    """The name of a database that the migrations have built, once for all test processes."""
    done = run_directory / "template.done"
    with one_at_a_time(run_directory / "template.lock"):
        if not done.exists():
            administer(postgres_url, f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
            url = database_named(postgres_url, TEMPLATE)
            app = create_app(Settings.from_environment(_environment(url, redis_url, run_directory)))
            with app.app_context():
                upgrade(directory=str(ROOT / "migrations"))
                db.engine.dispose()
            done.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def database_url(postgres_url: str, template_database: str, worker_number: int, run_directory: Path) -> str:
    """A clone of the template for this test process."""
    name = f"lotledger_test_{worker_number}"
    with one_at_a_time(run_directory / "template.lock"):
        administer(
            postgres_url,
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {template_database}",
        )
    return database_named(postgres_url, name)


def _environment(database_url: str, redis_url: str, instance: Path) -> dict[str, str]:
    return {
        "SECRET_KEY": "a secret that only the tests know",
        "TOKEN_KEYS": TOKEN_KEY,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "INSTANCE_DIR": str(instance / "instance"),
        "APP_URL": "http://localhost",
    }


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    """The simulated accounting systems, a process of their own."""
    process = SandboxProcess()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """The sandbox as freshly started: its demo catalogue, no tokens, no faults."""
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture(scope="session")
def environment(
    database_url: str, redis_url: str, run_directory: Path, sandbox_process: SandboxProcess
) -> dict[str, str]:
    """The settings of the installation under test, for this process and for those it starts."""
    return _environment(database_url, redis_url, run_directory) | sandbox_process.settings()


@pytest.fixture(scope="session")
def process_environment(environment: dict[str, str]) -> dict[str, str]:
    """A whole environment for a subprocess that runs the application."""
    return {**os.environ, **environment, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def _app(environment: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(environment))
    app.config["TESTING"] = True
    app.config["PASSWORD_HASHING"] = argon2.profiles.CHEAPEST
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _limiter_state(_app: Flask) -> dict[str, object]:
    """How the limiter stands while it belongs to the application under test."""
    return {name: vars(limiter)[name] for name in ("_storage", "_limiter", "_storage_dead")}


@pytest.fixture
def app(_app: Flask, _limiter_state: dict[str, object], redis_url: str) -> Iterator[Flask]:
    """The application, with empty tables and an empty Redis."""
    with _app.app_context():
        empty_tables(db.engine)
    Redis.from_url(redis_url).flushdb()
    # There is one limiter for all apps of a process: one that a test made without Redis leaves it
    # counting sign-ins in memory, where nothing is ever forgotten.
    vars(limiter).update(_limiter_state)
    yield _app
    with _app.app_context():
        db.session.remove()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An open application context, for tests that call services."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with; pytest-flask's own would share one open context."""
    return app.test_client()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Takes the place of pytest-flask's fixture, under which a missing commit would go unseen."""
