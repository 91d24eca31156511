"""The commands that run an installation, as a person at a shell meets them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from config import MailSettings
from tests.foundation.embedded_support import ROOT


def flask(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`flask --app wsgi …` has ended."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_doctor_names_what_is_wrong_and_what_to_do(context: Flask) -> None:
    result = context.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "WRONG  Workers:    none alive\n       Start one: flask --app wsgi worker" in result.output
    assert "ok     Tables:     up to date" in result.output
    assert result.output.endswith("1 to mend.\n")


def test_doctor_answers_one_json_object(app: Flask, process_environment: dict[str, str]) -> None:
    result = flask(process_environment, "doctor", "--json")
    answer = json.loads(result.stdout)
    states = {check["name"]: check["state"] for check in answer["checks"]}
    assert answer["ok"] is False
    assert result.returncode == 1
    assert states["Database"] == states["Redis"] == states["Key ring"] == "ok"


def test_doctor_minds_plain_http_a_silent_mail_server_and_missing_credentials(
    app: Flask, taken_port: int
) -> None:
    settings = replace(
        app.config["SETTINGS"],
        app_url="http://books.example.com",
        quickbooks=replace(app.config["SETTINGS"].quickbooks, client_id=""),
        mail=MailSettings(server="127.0.0.1", port=1),
    )
    other = create_app(settings)
    output = other.test_cli_runner().invoke(args=["doctor"]).output
    with other.app_context():
        db.engine.dispose()
    assert "WRONG  Address:    http://books.example.com is not encrypted" in output
    assert "note   QuickBooks: no credentials, so nobody can connect" in output
    assert "WRONG  Mail:       127.0.0.1:1: [Errno 111] Connection refused" in output


def test_a_missing_secret_stops_the_start_with_the_way_to_make_one(
    process_environment: dict[str, str],
) -> None:
    result = flask(process_environment | {"SECRET_KEY": ""}, "doctor")
    assert result.returncode == 1
    assert result.stderr.startswith("Lotledger cannot start: SECRET_KEY is not set")
    assert "secrets.token_urlsafe" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_embedded_server_that_cannot_be_is_one_sentence(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment = process_environment | {"REDIS_URL": "", "INSTANCE_DIR": str(tmp_path / "file")}
    result = flask(environment, "doctor")
    assert result.returncode == 1
    assert result.stderr == (
        f"Lotledger cannot start: The folder {tmp_path}/file/redis cannot be made: Not a directory.\n"
    )


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_taken_port_is_one_sentence(
    command: str, process_environment: dict[str, str], taken_port: int
) -> None:
    result = flask(process_environment, command, "--port", str(taken_port))
    assert result.returncode == 1
    assert str(taken_port) in result.stderr
    assert "Choose another --port" in result.stderr
    assert "Traceback" not in result.stderr
