"""Starting processes of this program, and ending them with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[3]
STOP_SECONDS = 20.0
_SET_PARENT_DEATH_SIGNAL = 1


def flask_command(*arguments: str) -> list[str]:
    """The command line of one of our own commands, on this very Python."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def start(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """The command runs in the project's folder, apart from the terminal's Ctrl-C, and ends when we do."""
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """All of them have ended: asked to, and killed with their own children if they would not."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen at the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _end_with_parent() -> None:
    """Linux sends us SIGTERM when the parent is gone, whatever ended it."""
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
