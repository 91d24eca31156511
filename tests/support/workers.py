"""Worker processes as an installation runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from redis import Redis

from app.foundation.background import processes
from app.foundation.background.worker import KEY_PREFIX
from tests.support.processes import ROOT, wait_until


class Workers:
    """`flask worker`: a supervisor and one child. Use it in a `with`; at its end nothing is left running."""

    def __init__(self, environment: Mapping[str, str], *options: str) -> None:
        self._redis = Redis.from_url(environment["REDIS_URL"], decode_responses=True)
        command = processes.flask_command("worker", *options)
        self.supervisor = processes.start(command, environment=environment)

    def child(self) -> int:
        """The process id of a child, once there is one."""
        wait_until(self._children, "a worker shows a sign of life")
        return self._children()[-1]

    def kill_all(self) -> None:
        """Supervisor and child have ended without a chance to clean up."""
        child = self.child()
        os.kill(self.supervisor.pid, signal.SIGKILL)
        os.kill(child, signal.SIGKILL)
        self.supervisor.wait()

    def _children(self) -> list[int]:
        return [int(key.rpartition(":")[2]) for key in self._redis.scan_iter(f"{KEY_PREFIX}*")]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        processes.stop([self.supervisor])
        self._redis.close()


def work_off(environment: Mapping[str, str]) -> str:
    """All the jobs that waited are done; returns the worker's log."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.burst_worker"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout + done.stderr
