"""The program as it runs in production: a web process and a worker, reached over HTTP."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from app.foundation.background.processes import flask_command, start, stop
from app.foundation.commands.serve import gunicorn_command

READY_SECONDS = 60


class LiveSite:
    """Use it in a `with`: the processes run inside; `url` is where a browser finds them."""

    def __init__(self, environment: Mapping[str, str], folder: Path, *, workers: int = 1) -> None:
        port = free_port()
        self.url = f"http://localhost:{port}"
        self.environment = {**environment, "APP_URL": self.url}
        self._folder = folder
        self._commands = {"web": gunicorn_command(f"127.0.0.1:{port}", workers=1, threads=8)}
        self._commands |= {f"worker{number}": flask_command("worker") for number in range(workers)}
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, command in self._commands.items():
            with self.log(name).open("wb") as log:
                self._running.append(start(command, environment=self.environment, log=log))
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stop(self._running)

    def log(self, name: str) -> Path:
        """What a process wrote."""
        return self._folder / f"{name}.log"

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self.log("web").read_text()[-3000:]
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).ok
        except requests.RequestException:
            return False


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
