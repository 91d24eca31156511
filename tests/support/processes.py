"""Processes of the program under test: started, watched, paused, killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], object], what: str, seconds: float = 40) -> None:
    """The condition has come true; fails with `what` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


class Program:
    """A running Python module; use it in a `with`, at whose end it is killed if it still runs."""

    def __init__(self, environment: Mapping[str, str], module: str, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> Self:
        """The program, which says that it is ready and waits for a line, goes on."""
        self.say_ready()
        return self.go()

    def say_ready(self) -> None:
        """Waits until the program says that it is ready."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> Self:
        """The program has got the line that it waits for."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self

    def outcome(self) -> dict[str, Any]:
        """What the program printed, once it has ended well."""
        output, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        answer: dict[str, Any] = json.loads(output.splitlines()[-1])
        return answer

    def pause(self) -> None:
        """The process stands still; the world goes on."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.await_pause()

    def await_pause(self) -> None:
        """Waits until the process stands still; fails if it ends instead."""
        wait_until(lambda: state_of(self.process.pid) in {"T", "Z", ""}, "the process stops")
        assert self.process.poll() is None, self.process.communicate()

    def resume(self) -> None:
        """The process goes on as if nothing had been."""
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """The process has ended without a chance to clean up."""
        self.process.kill()
        self.process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()


def state_of(pid: int) -> str:
    """The kernel's letter for a process: R, S, D, T (stopped), Z; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""
