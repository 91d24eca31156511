"""Token refresh among processes: one request for all, and nothing lost when one of them dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.foundation.clock import utcnow
from app.integrations.gateway import open_provider
from tests.support.integrations import create_connection, refreshes, stored
from tests.support.soak import trials

PROGRAM = [sys.executable, "-m", "tests.support.integration_processes"]


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


@pytest.mark.parametrize("trial", trials(1, 20))
def test_ten_processes_with_an_expired_token_make_one_refresh(
    app, sandbox, process_environment, tmp_path, trial
):
    create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
    sandbox.fault("slow", contains="tokens/bearer", seconds=0.5)  # so that the others surely come meanwhile
    go = tmp_path / "go"
    processes = [start(process_environment, "wait", "1", str(go)) for _ in range(10)]
    assert all(process.stdout.readline() == "ready\n" for process in processes)
    go.touch()
    names = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert names == ["Alder & Finch Woodworks"] * 10
    assert len(refreshes(sandbox)) == 1


def test_ten_processes_whose_token_is_refused_make_one_refresh(app, sandbox, process_environment, tmp_path):
    create_connection(app, sandbox)
    sandbox.control("tokens", {"expire": True})
    go: Path = tmp_path / "go"
    processes = [start(process_environment, "wait", "1", str(go)) for _ in range(10)]
    assert all(process.stdout.readline() == "ready\n" for process in processes)
    go.touch()
    names = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert names == ["Alder & Finch Woodworks"] * 10
    assert len(refreshes(sandbox)) == 1


def test_a_process_killed_before_it_used_the_new_token_leaves_a_good_connection(
    app, sandbox, process_environment
):
    create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
    before = stored(app).refresh_token
    process = start(process_environment, "die", "1")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert len(refreshes(sandbox)) == 1
    assert stored(app).refresh_token != before
    sandbox.control("tokens", {"expire": True})  # only the rotated refresh token can help now
    with app.app_context():
        assert open_provider(1).company().name == "Alder & Finch Woodworks"
    assert stored(app).state == "active"


def test_a_process_killed_while_it_waits_for_the_answer_blocks_nobody(app, sandbox, process_environment):
    create_connection(app, sandbox, access_expires_at=utcnow() - timedelta(minutes=1))
    sandbox.fault("silent", contains="tokens/bearer", seconds=2)  # the refresh asks again, whoever lives
    process = start(process_environment, "die", "1")
    wait_for_refresh(sandbox)
    process.kill()
    process.communicate(timeout=60)
    with app.app_context():
        assert open_provider(1).company().name == "Alder & Finch Woodworks"
    assert stored(app).state == "active"


def wait_for_refresh(sandbox) -> None:
    deadline = utcnow() + timedelta(seconds=30)
    while not sandbox.requests("tokens/bearer"):
        assert utcnow() < deadline
