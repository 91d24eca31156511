"""Processes that want a connection's token, to be killed, and a token server that tells when to do it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import requests

from tests.support.processes import ROOT
from tests.support.stub_server import StubServer


class Asker:
    """A process, at the head of a group of its own, that wants the connection's token."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.integration_processes", "ask", "1"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def refresher(self) -> int:
        """The process that it started."""
        (child,) = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(child)

    def kill(self, group: bool) -> None:
        """It is gone, and with `group` everything in its process group."""
        if group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait()


class TokenServer:
    """Stands before the sandbox's token endpoint and tells when an exchange passes through."""

    def __init__(self, target: str) -> None:
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.passed = threading.Event()
        self._target = target
        self._stub = StubServer().otherwise(self._answer)

    def _answer(self, handler) -> None:
        asked = self._stub.received[-1]
        self.before()
        headers = {name: asked.headers[name] for name in ("Authorization", "Content-Type")}
        answer = requests.post(self._target, data=asked.body, headers=headers, timeout=20)
        handler.send_response(answer.status_code)
        handler.send_header("Content-Type", answer.headers["Content-Type"])
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)
        handler.wfile.flush()
        self.after()
        self.passed.set()

    def __enter__(self) -> TokenServer:
        self.url = self._stub.__enter__().url
        return self

    def __exit__(self, *details) -> None:
        self._stub.__exit__(*details)
