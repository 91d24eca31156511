"""The keeper: the small process that owns one embedded server and outlives the commands using it.

Run as a script by path, on the standard library alone, so that it costs little memory and no import of the
application. It starts the server (or adopts one that a killed keeper left), starts it again after a crash,
and stops it when nobody has held the shared lock on `users` for a moment. `sharing.py` explains the locks.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.25
LINGER_SECONDS = 3.0
STOP_SECONDS = 60.0
START_ATTEMPTS = 5


def try_lock(path: Path, mode: int) -> int | None:
    """An open descriptor of `path` holding the lock, or None when another process holds it against us."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(path: Path) -> bool:
    """Whether some process holds an exclusive lock on `path`."""
    descriptor = try_lock(path, fcntl.LOCK_SH)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


class Keeper:
    """Looks after one server until its last user has gone."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.command: list[str] = plan["command"]
        self.environment: dict[str, str] = plan["environment"]
        self.leftovers = [Path(name) for name in plan["leftovers"]]
        self.discard: list[str] = plan["discard"]
        self.log: str = plan["log"]
        self.stop_signal = signal.Signals(plan["stop_signal"])
        self.identity: dict[str, Any] = plan["identity"]
        locks = Path(plan["locks"])
        self.start_lock, self.users_lock = locks / "start", locks / "users"
        self.server_lock = locks / "server"
        self.process: subprocess.Popen[bytes] | None = None
        self.told_to_stop = False

    def run(self) -> int:
        """Returns the exit status: 0 when the server was stopped because its work was done."""
        signal.signal(signal.SIGTERM, self._hear_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return self._keep()
        except FileNotFoundError:  # somebody deleted the folder: there is nothing left to keep
            self._end_own_server()
            return 0

    def _keep(self) -> int:
        attempts = 0
        while attempts < START_ATTEMPTS:
            attempts += 1
            began = time.monotonic()
            if not is_locked(self.server_lock):
                self._start()
            if self._watch():
                for name in self.discard:
                    shutil.rmtree(name, ignore_errors=True)
                return 0
            if time.monotonic() - began > LINGER_SECONDS:
                attempts = 0
            time.sleep(POLL_SECONDS * 2)
        return 1

    def _hear_stop(self, *_: object) -> None:
        self.told_to_stop = True

    def _start(self) -> None:
        """The server runs, holding the lock on `server` for as long as any process of it lives."""
        descriptor = try_lock(self.server_lock, fcntl.LOCK_EX)
        if descriptor is None:
            return
        # The lock was free, so no process of this server exists: whatever files one left are stale.
        for path in self.leftovers:
            path.unlink(missing_ok=True)
        with open(self.log, "ab") as log:  # noqa: PTH123
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd="/",
                pass_fds=[descriptor],
                start_new_session=True,
                **self.identity,
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(self.process.pid).encode())
        os.close(descriptor)

    def _watch(self) -> bool:
        """True after the server was stopped for want of users (or on request), False after it fell over."""
        idle_since: float | None = None
        while self._alive():
            start = self._nobody_uses_it()
            if start is None:
                idle_since = None
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since >= LINGER_SECONDS:
                    self._stop()
                    return True
                os.close(start)
            if self.told_to_stop:
                self._stop()
                return True
            time.sleep(POLL_SECONDS)
        return self.told_to_stop or (self.process is not None and self.process.returncode == 0)

    def _alive(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            return False
        return is_locked(self.server_lock)

    def _nobody_uses_it(self) -> int | None:
        """The held start lock when no process is attached or attaching, else None."""
        users = try_lock(self.users_lock, fcntl.LOCK_EX)
        if users is None:
            return None
        try:
            return try_lock(self.start_lock, fcntl.LOCK_EX)
        finally:
            os.close(users)

    def _stop(self) -> None:
        """The server has ended, politely if it could within a minute."""
        self._signal(self.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while self._alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._alive():
            self._signal(signal.SIGQUIT)

    def _end_own_server(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(int(self.server_lock.read_text()), number)
        except (ProcessLookupError, ValueError):
            return


def main() -> int:
    """Becomes the keeper described by the JSON in the first argument, unless there is one already."""
    os.setsid()  # out of reach of the Ctrl-C meant for the command that started us
    os.chdir("/")
    plan = json.loads(sys.argv[1])
    own_lock = Path(plan["locks"]) / "keeper"
    for _ in range(10):  # a command that looks whether we live holds it for an instant
        if try_lock(own_lock, fcntl.LOCK_EX) is not None:
            own_lock.write_text(str(os.getpid()))
            return Keeper(plan).run()
        time.sleep(0.02)
    return 0


if __name__ == "__main__":
    sys.exit(main())
