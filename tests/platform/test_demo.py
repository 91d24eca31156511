"""The demo from its first line to its last, and the environment it makes."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import requests

from app.demo.environment import Ports, demo_environment, demo_folder, demo_requested
from app.demo.seed import OWNER, PASSWORD
from tests.foundation.embedded_support import ROOT, server_folder, server_runs, wait_until

READY = "Ctrl-C ends it"


@pytest.fixture
def instance() -> Iterator[Path]:
    """An instance folder for a demo; whatever its servers left behind is removed."""
    with server_folder("lotledger-demo-") as folder:
        yield folder


@pytest.fixture
def ports() -> Ports:
    """Three ports that nobody uses."""
    with ExitStack() as held:
        found = [
            held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(3)
        ]
    return Ports(*found)


class Demo:
    """A demo started as a person does; `output` is what it has printed."""

    def __init__(self, instance: Path, ports: Ports) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        options = ["--port", ports.web, "--sandbox-port", ports.sandbox, "--mail-port", ports.mail]
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "demo", *map(str, options)],
            cwd=ROOT,
            env=environment | {"INSTANCE_DIR": str(instance), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output += line

    def wait_until_ready(self) -> None:
        wait_until(lambda: READY in self.output or self.process.poll() is not None, seconds=90)
        assert READY in self.output, self.output

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.reader.join()
        return status


def test_the_demo_runs_and_ends_with_everything_it_started(instance: Path, ports: Ports) -> None:
    demo = Demo(instance, ports)
    demo.wait_until_ready()
    web = f"http://localhost:{ports.web}"
    assert requests.get(f"{web}/readyz", timeout=10).json()["ready"] is True
    assert requests.get(f"http://localhost:{ports.sandbox}/mailbox", timeout=10).ok
    for word in (web, OWNER.email, PASSWORD, "connect", str(instance / "demo" / "env")):
        assert word.lower() in demo.output.lower()

    beside = Demo(instance, ports)
    assert beside.process.wait(60) == 1
    beside.reader.join()
    assert beside.output == (
        f"Port {ports.web} is taken. End what uses it, or choose another: --port {ports.web + 1}\n"
    )

    settings = shlex.quote(str(instance / "demo" / "env"))
    shell = f"set -a; . {settings}; {sys.executable} -m flask --app wsgi doctor"
    doctor = subprocess.run(["sh", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False)
    assert doctor.stdout.endswith("All is well.\n"), doctor.stdout + doctor.stderr

    started = psutil.Process(demo.process.pid).children(recursive=True)
    assert len(started) >= 5  # sandbox, gunicorn and its worker, the supervisor and its worker
    assert demo.end(signal.SIGINT) == 0
    assert not any(process.is_running() for process in started)
    assert not any(server_runs(instance / "demo" / name) for name in ("postgres", "redis"))


def test_a_killed_demo_takes_its_processes_along(instance: Path, ports: Ports) -> None:
    demo = Demo(instance, ports)
    demo.wait_until_ready()
    started = psutil.Process(demo.process.pid).children(recursive=True)
    demo.end(signal.SIGKILL)
    wait_until(lambda: not any(process.is_running() for process in started), seconds=30)


def test_the_settings_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    first = demo_environment({"INSTANCE_DIR": str(tmp_path)})
    again = demo_environment({"INSTANCE_DIR": str(tmp_path)}, Ports(web=9000))
    assert first["SECRET_KEY"] == again["SECRET_KEY"]
    assert first["TOKEN_KEYS"] == again["TOKEN_KEYS"]
    assert again["APP_URL"] == "http://localhost:9000"
    assert (tmp_path / "demo" / "env").stat().st_mode & 0o777 == 0o600


def test_with_its_own_settings_in_force_the_demo_stays_in_its_folder(tmp_path: Path) -> None:
    inside = demo_environment({"INSTANCE_DIR": str(tmp_path)})
    assert demo_folder(inside) == tmp_path / "demo"


def test_the_demo_never_uses_a_configured_database(tmp_path: Path) -> None:
    settings = demo_environment({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": "postgresql://books"})
    assert settings["DATABASE_URL"] == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/venv/bin/flask --app wsgi demo", True),
        ("/venv/bin/flask -A wsgi demo --port 9000", True),
        ("/lib/flask/__main__.py --app wsgi demo", True),
        ("/venv/bin/flask --app wsgi doctor", False),
        ("/venv/bin/flask --app demo worker", False),
        ("/venv/bin/gunicorn demo", False),
    ],
)
def test_the_demo_is_recognised_before_there_are_settings(line: str, expected: bool) -> None:
    assert demo_requested(line.split()) is expected
