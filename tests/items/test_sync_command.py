"""`items sync`: what it prints, and with which exit code it ends (design section 12)."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update
from structlog.testing import capture_logs

from app.extensions import db
from app.foundation.background.processes import ROOT, flask_command
from app.foundation.transaction import transaction
from app.integrations.models import Connection, ConnectionState
from app.items.sync.commands import sync
from app.sync import lock
from app.sync.models import RunKind, SyncRun
from tests.items.connected import connect, stored
from tests.support.sandbox import SandboxProcess
from tests.sync.builders import create_connection

KEYS = {"run_id", "status", "created", "updated", "deactivated", "skipped", "errors", "seconds"}


@pytest.fixture
def connected(app: Flask, sandbox: SandboxProcess) -> Flask:
    with app.app_context():
        connect(sandbox)
    return app


def run(app: Flask, *arguments: str) -> Result:
    """What the command answers; the log goes elsewhere, as it does in a process of its own."""
    with capture_logs():
        return app.test_cli_runner().invoke(sync, arguments)


def facts(result: Result, exit_code: int = 0) -> dict[str, Any]:
    """The one JSON object on standard output."""
    assert result.exit_code == exit_code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    assert set(answer) == KEYS
    return answer


def number_stored(app: Flask) -> int:
    with app.app_context():
        return len(stored())


def test_json_has_the_run_and_its_counts(connected: Flask, sandbox: SandboxProcess) -> None:
    answer = facts(run(connected, "--json"))
    listed = len(sandbox.control("items")["items"])
    assert (answer["status"], answer["errors"], answer["run_id"]) == ("succeeded", [], 1)
    assert answer["created"] == number_stored(connected) > 0
    assert answer["created"] + answer["skipped"] == listed
    assert 0 < answer["seconds"] < 60
    again = facts(run(connected, "--json", "--connection", "1"))
    assert (again["created"], again["updated"], again["deactivated"]) == (0, 0, 0)
    assert again["skipped"] == listed


def test_people_get_a_sentence(connected: Flask) -> None:
    result = run(connected)
    assert result.exit_code == 0
    assert result.stdout.startswith("Item sync of Alder & Finch Woodworks: ")
    assert f"{number_stored(connected)} created, 0 updated, 0 deactivated" in result.stdout


def test_a_preview_changes_nothing(connected: Flask) -> None:
    answer = facts(run(connected, "--preview", "--json"))
    assert answer["created"] > 0
    assert number_stored(connected) == 0
    with connected.app_context():
        assert db.session.get_one(SyncRun, answer["run_id"]).kind == RunKind.ITEM_PREVIEW


def test_a_run_that_fails_is_reported_with_exit_code_1(connected: Flask, sandbox: SandboxProcess) -> None:
    sandbox.fault("server_error", times=1000)
    answer = facts(run(connected, "--json"), exit_code=1)
    assert (answer["status"], answer["created"]) == ("failed", 0)
    assert answer["errors"][0].endswith(".")
    result = run(connected)
    assert (result.exit_code, number_stored(connected)) == (1, 0)
    assert "failed. " in result.stdout


def refusal(result: Result) -> str:
    """Why there was no run."""
    assert result.exit_code == 1
    answer: dict[str, str] = json.loads(result.stdout)
    assert set(answer) == {"error"}
    return answer["error"]


def test_a_held_lock_refuses_with_who_and_for_how_long(connected: Flask) -> None:
    with connected.app_context():
        lock.acquire("Build 12", "Grace Hopper")
    error = refusal(run(connected, "--json"))
    assert "Build 12, started by Grace Hopper" in error
    assert "300 seconds at most" in error
    result = run(connected)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Grace Hopper" in result.stderr


def test_without_a_connection_there_is_nothing_to_sync(app: Flask) -> None:
    assert "Connect an accounting system" in refusal(run(app, "--json"))


def test_an_unknown_connection_is_refused(connected: Flask) -> None:
    assert refusal(run(connected, "--json", "--connection", "4711")) == "There is no such connection."
    assert refusal(run(connected, "--json", "--connection", str(2**70))) == "There is no such connection."


def test_an_expired_connection_is_refused(connected: Flask) -> None:
    with connected.app_context(), transaction() as session:
        session.execute(update(Connection).values(state=ConnectionState.EXPIRED))
    error = refusal(run(connected, "--json", "--connection", "1"))
    assert error == "Alder & Finch Woodworks is not connected at the moment. Reconnect it first."


def test_of_two_connections_one_has_to_be_named(connected: Flask) -> None:
    with connected.app_context():
        create_connection()
    result = run(connected, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--connection: 1 (Alder & Finch Woodworks), 2 (Alder & Finch)" in result.stderr
    assert facts(run(connected, "--json", "--connection", "1"))["created"] > 0


@pytest.mark.parametrize("arguments", [("--connection", "first"), ("--nonsense",), ("1",)])
def test_wrong_usage_ends_with_exit_code_2(connected: Flask, arguments: tuple[str, ...]) -> None:
    assert run(connected, *arguments).exit_code == 2


def test_in_a_process_of_its_own_standard_output_is_one_json_object(
    connected: Flask, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    sandbox.fault("server_error")
    done = subprocess.run(
        flask_command("items", "sync", "--json"),
        cwd=ROOT,
        env=process_environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert set(answer) == KEYS
    assert (answer["status"], answer["created"]) == ("succeeded", number_stored(connected))
    assert "provider_call" in done.stderr
