"""Commands that use embedded servers, and looking at the servers from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from redis import Redis

from app.foundation.embedded import keeper, release
from app.foundation.embedded.account import home_of

ROOT = Path(__file__).resolve().parents[2]


class ServerUser:
    """A process that uses the servers of a folder; `addresses` are what it was given."""

    def __init__(
        self, folder: Path, *names: str, prefix: tuple[str, ...] = (), packages: Path | None = None
    ) -> None:
        paths = f"{packages}:{ROOT}" if packages else str(ROOT)
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.foundation.server_user", str(folder), *names],
            cwd="/",
            env=os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def addresses(self) -> dict[str, str]:
        """Waits until the servers answer."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def leave(self) -> str:
        """The process has ended by itself; returns what it said on standard error."""
        return self.process.communicate(timeout=60)[1]

    def kill(self) -> None:
        """The process has ended without a chance to clean up."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def server_folder(prefix: str = "lotledger-test-") -> Iterator[Path]:
    """A folder that every user can reach; its servers are stopped and its data removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for directory in [*folder.rglob("postgres"), *folder.rglob("redis")]:
            home = home_of(directory)
            release(directory)
            wait_until(lambda home=home: not server_runs(home))
            shutil.rmtree(home)
        shutil.rmtree(folder)


def connect(address: str) -> psycopg.Connection:
    """A connection to the PostgreSQL at an SQLAlchemy address."""
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def one(address: str, question: str) -> object:
    """The first value that a query answers."""
    with connect(address) as database:
        row = database.execute(question).fetchone()
    return row[0] if row else None


def ask_redis(address: str) -> Redis:
    """A client for the Redis at `address`."""
    return Redis.from_url(address, decode_responses=True)


def server_runs(home: Path) -> bool:
    """Whether a server of this folder lives."""
    return any(
        (home / "locks" / name).exists() and keeper.is_locked(home / "locks" / name)
        for name in ("server", "keeper")
    )


def pid_in(home: Path, lock: str) -> int:
    """The process that holds the lock."""
    return int((home / "locks" / lock).read_text())


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """The condition has come true; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
