"""The demo's processes: sandbox, web server, worker; started together, watched, ended together."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from app.demo.environment import Ports
from app.foundation.background import processes
from app.foundation.commands.sandbox import sandbox_command
from app.foundation.commands.serve import gunicorn_command
from app.foundation.errors import LotledgerError

READY_SECONDS = 90.0


class DemoFailed(LotledgerError):
    """A process of the demo did not start, or ended by itself."""


class DemoServers:
    """Use it in a `with`: the processes run inside and have ended after."""

    def __init__(self, environment: Mapping[str, str], ports: Ports, logs: Path) -> None:
        self.environment = environment
        self.ports = ports
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Started; raises DemoFailed, with nothing left running, if one of them cannot be."""
        with ExitStack() as undo:
            undo.push(self.__exit__)
            self._start("sandbox", sandbox_command(self.ports.sandbox, self.ports.mail))
            self._start("web", gunicorn_command(f"127.0.0.1:{self.ports.web}", workers=1, threads=8))
            self._start("worker", processes.flask_command("worker"))
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ended in the order of their need for each other: pages and jobs first, what they talk to last."""
        processes.stop([self.running[name] for name in ("web", "worker", "sandbox") if name in self.running])

    def _start(self, name: str, command: Sequence[str]) -> None:
        self.logs.mkdir(exist_ok=True)
        with self._log(name).open("wb") as log:
            self.running[name] = processes.start(command, environment=self.environment, log=log)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def wait_until_ready(self, given_up: threading.Event) -> None:
        """Everything answers, unless `given_up` was set first; raises DemoFailed when it will not."""
        deadline = time.monotonic() + READY_SECONDS
        places = (f"http://127.0.0.1:{self.ports.sandbox}/", f"http://127.0.0.1:{self.ports.web}/readyz")
        while not (given_up.is_set() or all(_answers(place) for place in places)):
            self.check()
            if time.monotonic() > deadline:
                raise DemoFailed(f"The demo did not become ready in time; its logs are in {self.logs}.")
            given_up.wait(0.2)

    def check(self) -> None:
        """All of them run; raises DemoFailed naming the one that does not, with its last words."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise DemoFailed(f"The demo's {name} process ended: {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        lines = [line for line in self._log(name).read_text(errors="replace").splitlines() if line.strip()]
        return f"{lines[-1].strip() if lines else 'it wrote nothing'} (log: {self._log(name)})"


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False
