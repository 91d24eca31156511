"""A rotated refresh token outlives whoever asked for it, at whatever moment they are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.crypto import BrokenSeal
from app.integrations.errors import ConnectionBusy
from app.integrations.gateway import open_provider
from app.integrations.models import Connection
from app.integrations.tokens.errands import OVERTAKEN, Errand, Outcome
from app.integrations.tokens.refresher import carry_out
from app.integrations.tokens.refreshing import COMMAND, errand_for
from app.providers.errors import AuthorizationLost, Rejected
from app.providers.quickbooks.tokens import AnswerLost
from tests.integrations.askers import Asker, TokenServer
from tests.support.integrations import create_connection, refreshes, stored
from tests.support.processes import ROOT, wait_until
from tests.support.soak import trials

COMMIT = 77
"""The advisory lock for which a commit waits while `slow_commits` lasts."""


@pytest.fixture
def token_server(sandbox, process_environment) -> Iterator[TokenServer]:
    with TokenServer(process_environment["QBO_TOKEN_URL"]) as server:
        yield server


@pytest.fixture
def asker(app, sandbox, token_server, process_environment) -> Iterator[Callable[[], Asker]]:
    """Starts a process that finds the token stale and meets `token_server`."""
    create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
    started: list[Asker] = []

    def start() -> Asker:
        started.append(Asker(process_environment | {"QBO_TOKEN_URL": f"{token_server.url}/bearer"}))
        return started[-1]

    yield start
    for each in started:
        each.kill(group=False)


def assert_nothing_is_lost(app, sandbox, before: bytes) -> None:
    """The rotated token is stored, and is the one with which the next refresh works."""
    wait_until(lambda: stored(app).refresh_token != before, "the rotated token is stored", 20)
    assert len(refreshes(sandbox)) == 1
    sandbox.control("tokens", {"expire": True})
    with app.app_context():
        assert open_provider(1).company().name == "Alder & Finch Woodworks"
    assert len(refreshes(sandbox)) == 2
    assert stored(app).state == "active"


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its process group"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("trial", trials(1, 15))
def test_the_asker_is_killed_around_the_answer(app, sandbox, asker, token_server, moment, group, trial):
    before, ready = stored(app).refresh_token, threading.Event()
    asking: list[Asker] = []

    def strike() -> None:
        assert ready.wait(20)
        asking[0].kill(group)

    setattr(token_server, moment, strike)
    asking.append(asker())
    ready.set()
    assert token_server.passed.wait(60)
    assert_nothing_is_lost(app, sandbox, before)


@contextmanager
def slow_commits(app) -> Iterator[psycopg.Connection]:
    """Every commit that changed a connection waits until the lock on `COMMIT` is given up."""
    with app.app_context():
        address = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as gate:
        gate.execute(
            "CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN PERFORM pg_advisory_xact_lock_shared({COMMIT}); RETURN NULL; END'"
        )
        gate.execute(
            "CREATE CONSTRAINT TRIGGER wait_at_commit AFTER UPDATE ON connections"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit()"
        )
        gate.execute(f"SELECT pg_advisory_lock({COMMIT})")
        try:
            yield gate
        finally:
            gate.execute("SELECT pg_advisory_unlock_all()")
            gate.execute("DROP TRIGGER wait_at_commit ON connections")
            gate.execute("DROP FUNCTION wait_at_commit")


def waiting_at_commit(gate: psycopg.Connection) -> int | None:
    """The server process whose commit waits."""
    row = gate.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [COMMIT]
    ).fetchone()
    return row and row[0]


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its process group"])
@pytest.mark.parametrize("trial", trials(1, 10))
def test_the_asker_is_killed_while_the_tokens_are_committed(app, sandbox, asker, group, trial):
    before = stored(app).refresh_token
    with slow_commits(app) as gate:
        asking = asker()
        wait_until(lambda: waiting_at_commit(gate), "the commit begins")
        asking.kill(group)
        assert stored(app).refresh_token == before
        gate.execute(f"SELECT pg_advisory_unlock({COMMIT})")
        assert_nothing_is_lost(app, sandbox, before)


def test_the_database_ends_the_session_while_the_tokens_are_committed(app, sandbox, asker):
    before = stored(app).refresh_token
    with slow_commits(app) as gate:
        asker()
        wait_until(lambda: waiting_at_commit(gate), "the commit begins")
        gate.execute("SELECT pg_terminate_backend(%s)", [waiting_at_commit(gate)])
        gate.execute(f"SELECT pg_advisory_unlock({COMMIT})")
        assert_nothing_is_lost(app, sandbox, before)


def test_a_polite_signal_does_not_end_an_exchange(app, sandbox, asker, token_server):
    before = stored(app).refresh_token
    token_server.before = lambda: os.kill(asking[0].refresher(), signal.SIGTERM)
    asking = [asker()]
    assert token_server.passed.wait(60)
    assert_nothing_is_lost(app, sandbox, before)


def test_no_secret_is_on_a_command_line(app, sandbox, asker, token_server):
    seen: list[bytes] = []
    token_server.before = lambda: seen.append(command_line(asking[0].refresher()))
    asking = [asker()]
    assert asking[0].process.wait(60) == 0
    assert seen == ["\0".join([*COMMAND, ""]).encode()]


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_half_an_errand_asks_nobody(app, sandbox, process_environment):
    half = b'{"connection_id": 1, '
    done = subprocess.run(
        COMMAND, input=half, env=process_environment, cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert refreshes(sandbox) == []


def test_the_process_reads_neither_flask_nor_sqlalchemy():
    program = "import json, sys, app.integrations.tokens.refresher; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert not {"flask", "sqlalchemy", "alembic", "rq"} & set(json.loads(done.stdout))


def test_a_row_that_changed_under_way_is_left_alone(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
    errand = errand_for(db.session.get_one(Connection, 1))
    assert carry_out(replace(errand, found=b"what stood there before")).kind == OVERTAKEN
    assert carry_out(replace(errand, connection_id=2)).kind == OVERTAKEN
    assert refreshes(sandbox) == []


def test_an_errand_keeps_its_secrets_to_itself(app, context, sandbox):
    create_connection(app, sandbox)
    errand = errand_for(db.session.get_one(Connection, 1))
    assert "sandbox-secret" not in repr(errand)
    assert Errand.from_json(errand.to_json()) == errand


@pytest.mark.parametrize(
    "error",
    [
        AuthorizationLost("Reconnect.", "1-a"),
        AnswerLost("Later.", "1-b"),
        Rejected("invalid_client", "Who are you?", trace_id="1-c"),
        ConnectionBusy(),
        BrokenSeal(),
    ],
)
def test_an_error_comes_back_as_what_it_was(error):
    back = Outcome.from_json(Outcome.of(error).to_json()).error()
    assert isinstance(error, type(back))
    assert str(back) == str(error)
    for name in ("trace_id", "code"):
        assert getattr(back, name, None) == getattr(error, name, None)
