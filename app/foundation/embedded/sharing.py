"""How several commands share one embedded server.

Each server folder has a `locks` folder with four files, used with `flock` (the kernel drops these locks when
a process ends, however it ends, so nothing here can go stale):

    start    held exclusively while somebody starts, attaches to or stops the server
    users    held shared by every process that uses the server, for its whole life
    keeper   held exclusively by the keeper process
    server   held exclusively by the server itself, inherited by each process it forks

A command that wants the server takes `start`, adds itself to `users`, starts a keeper if none lives, and
waits until the server answers. The keeper stops the server three seconds after the last lock on `users` has
gone, which covers Ctrl-C, an exception and `kill -9` alike. A keeper that was itself killed leaves a running
server behind; the next command starts a keeper that adopts it. Because a live server always holds `server`, a
free lock proves that pid files and sockets are leftovers, and the keeper removes them.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.foundation.embedded import keeper
from app.foundation.embedded.errors import EmbeddedServerError, log_tail

START_SECONDS = 60.0
POLL_SECONDS = 0.05

_held: dict[Path, int] = {}
_keepers: dict[Path, int] = {}


@dataclass(frozen=True)
class Plan:
    """What a keeper needs to know about one server, and how a user can tell that it answers."""

    name: str
    home: Path
    command: list[str]
    leftovers: list[Path]
    stop_signal: signal.Signals
    answers: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)
    discard: list[Path] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where the server's own messages go."""
        return self.home / "server.log"

    def as_json(self) -> str:
        """The part that the keeper reads."""
        return json.dumps(
            {
                "command": self.command,
                "discard": [str(path) for path in self.discard],
                "environment": self.environment,
                "identity": self.identity,
                "leftovers": [str(path) for path in self.leftovers],
                "locks": str(self.home / "locks"),
                "log": str(self.log),
                "stop_signal": int(self.stop_signal),
            }
        )


@contextmanager
def start_lock(home: Path) -> Iterator[None]:
    """Nobody else starts, attaches to or stops the server of `home` inside the block."""
    (home / "locks").mkdir(mode=0o700, exist_ok=True)
    deadline = time.monotonic() + START_SECONDS * 2
    while (descriptor := keeper.try_lock(home / "locks" / "start", fcntl.LOCK_EX)) is None:
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"Another command has been starting the server in {home} for too long.")
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)


def attach(plan: Plan) -> None:
    """This process counts as a user of the server, which runs and answers. Call it inside `start_lock`."""
    if plan.home not in _held:
        _held[plan.home] = _become_user(plan.home / "locks" / "users")
    deadline = time.monotonic() + START_SECONDS
    own = _Starter(plan)
    while not (keeper.is_locked(plan.home / "locks" / "keeper") and plan.answers()):
        own.start_keeper_if_none()
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"The embedded {plan.name} does not answer; its log is {plan.log}.")
        time.sleep(POLL_SECONDS)


def detach(home: Path) -> None:
    """This process no longer uses the server; if nobody else does, it has ended when this returns."""
    descriptor = _held.pop(home, None)
    if descriptor is None:
        return
    os.close(descriptor)
    with start_lock(home):
        others = keeper.try_lock(home / "locks" / "users", fcntl.LOCK_EX)
        if others is None:
            return
        os.close(others)
        _stop_keeper(home / "locks" / "keeper")
    if home in _keepers:
        _status_of(_keepers.pop(home))


def _become_user(path: Path) -> int:
    """The shared lock on `users`. A keeper may hold it against us for the blink of its own test."""
    while (descriptor := keeper.try_lock(path, fcntl.LOCK_SH)) is None:
        time.sleep(0.01)
    return descriptor


class _Starter:
    """Starts a keeper when there is none, and notices when ours gave up."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.pid: int | None = None

    def start_keeper_if_none(self) -> None:
        """Raises EmbeddedServerError, with the server's last words, if the keeper that we started failed."""
        if self.pid is not None:
            status = _status_of(self.pid)
            if status is None:
                return
            if status != 0:
                raise EmbeddedServerError(
                    f"The embedded {self.plan.name} did not start: {log_tail(self.plan.log)}"
                )
            self.pid = None
        if not keeper.is_locked(self.plan.home / "locks" / "keeper"):
            self.pid = _keepers[self.plan.home] = _spawn(self.plan)


def _spawn(plan: Plan) -> int:
    """The process id of a new keeper. It outlives us, so that it is no `Popen`, which complains of that."""
    script = str(Path(keeper.__file__).resolve())
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", script, plan.as_json()],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(plan.log), append, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )


def _status_of(pid: int) -> int | None:
    """The exit status of a child that has ended, None while it lives."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def _stop_keeper(path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    if keeper.is_locked(path):
        os.kill(int(path.read_text()), signal.SIGTERM)
    while keeper.is_locked(path) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
