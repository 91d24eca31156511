"""A real PostgreSQL and a real Redis, started from pip-installed wheels when no other is configured.

`ensure_postgres(folder)` and `ensure_redis(folder)` attach to the server of a folder or start it. Commands
side by side share one server; it ends shortly after its last user, however that one ended. See `sharing.py`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from app.foundation.embedded import sharing
from app.foundation.embedded.account import home_of
from app.foundation.embedded.errors import EmbeddedServerError
from app.foundation.embedded.postgres import ensure_postgres
from app.foundation.embedded.redis import ensure_redis

__all__ = ["EmbeddedServerError", "ensure_postgres", "ensure_redis", "release", "remove"]


def release(directory: Path) -> None:
    """This process no longer uses the server of `directory`; it has ended if nobody else does."""
    sharing.detach(home_of(directory.resolve()))


def remove(directory: Path) -> None:
    """The server of `directory`, which nobody else may use, has ended and its data are gone."""
    home = home_of(directory.resolve())
    sharing.detach(home)
    for folder in {home, directory.resolve()}:
        shutil.rmtree(folder, ignore_errors=True)
