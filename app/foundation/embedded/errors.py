"""What can go wrong with an embedded server, in words for the person who started the command."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.foundation.errors import LotledgerError

FREE_BYTES = 200 * 1024 * 1024


class EmbeddedServerError(LotledgerError):
    """An embedded server cannot be started here; the message says why."""


def telling_line(text: str) -> str:
    """The last line of a server's messages that says what failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "rror", "No space"))]
    return (telling or lines or ["it said nothing"])[-1]


def log_tail(path: Path) -> str:
    """What the last lines of a server's log say of its failure, and where the log is."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        text = ""
    return f"{telling_line(text[-8000:])} (log: {path})"


def prepare_folder(directory: Path) -> Path:
    """The folder exists, belongs to us and has room; returns its real path.

    Raises EmbeddedServerError with one sentence otherwise.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        home = directory.resolve()
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise EmbeddedServerError(f"The folder {directory} cannot be made: {error.strerror}.") from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise EmbeddedServerError(f"The folder {home} is not writable for this user; choose INSTANCE_DIR.")
    if free < FREE_BYTES:
        raise EmbeddedServerError(f"The disk of {home} is full: {free // 2**20} MB free, 200 MB needed.")
    return home
