"""Having a token refreshed by a process that outlives us; `refresher.py` says why."""

from __future__ import annotations

import subprocess
import sys
import threading

import structlog
from flask import current_app
from sqlalchemy import make_url

from app.foundation.background.processes import ROOT
from app.integrations.clients import refresh_options, settings_for
from app.integrations.errors import ConnectionBusy, NotConfigured
from app.integrations.locks import HOLDER_SILENCE, lock_wait
from app.integrations.models import Connection
from app.integrations.tokens.errands import Errand, Outcome
from app.providers import registry
from app.providers.errors import TemporarilyUnavailable
from config import Settings

log = structlog.get_logger()

COMMAND = [sys.executable, "-m", "app.integrations.tokens.refresher"]
START_SECONDS = 20
"""For the process to start on a machine that is busy; it takes half a second on one that is not."""


def longest_refresh() -> int:
    """Seconds that `refresh` takes at most."""
    return 2 * lock_wait() + START_SECONDS


def refresh(connection: Connection) -> Outcome:
    """The row has been given new tokens, or had got others meanwhile; read it again.

    Raises AuthorizationLost, TemporarilyUnavailable and the other errors of the exchange. Whatever becomes of
    us meanwhile, an exchange that has begun is brought to its end.
    """
    errand = errand_for(connection)
    try:
        process = subprocess.Popen(  # noqa: S603  a command of our own
            COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
    except OSError as problem:
        log.warning("token refresh not started", connection=connection.id, reason=str(problem))
        raise TemporarilyUnavailable(_NOT_NOW) from problem
    try:
        said, _ = process.communicate(errand.to_json().encode(), timeout=longest_refresh())
    except subprocess.TimeoutExpired:
        _leave(process)
        raise ConnectionBusy from None
    except BaseException:
        _leave(process)
        raise
    outcome = _outcome(said)
    if error := outcome.error():
        raise error
    return outcome


_NOT_NOW = "The connection could not be renewed just now. Try again in a minute."


def _outcome(said: bytes) -> Outcome:
    try:
        return Outcome.from_json(said.decode())
    except (ValueError, TypeError):
        raise TemporarilyUnavailable(_NOT_NOW) from None  # it was killed; its log says what it knew


def _leave(process: subprocess.Popen[bytes]) -> None:
    """The process goes on without us, and leaves nothing behind when it ends while we live."""
    threading.Thread(target=process.communicate, name="refresh left alone", daemon=True).start()


def errand_for(connection: Connection) -> Errand:
    """What the process needs to know to refresh this row's tokens; raises NotConfigured."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings_for(connection.provider).configured:
        raise NotConfigured(registry.label(connection.provider))
    address = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    return Errand(
        connection_id=connection.id,
        found=connection.refresh_token or b"",
        provider=connection.provider,
        settings=settings_for(connection.provider),
        token_keys=settings.token_keys,
        database=address.render_as_string(hide_password=False),
        embedded=None if settings.database_url else str(settings.instance_dir / "postgres"),
        options=refresh_options(),
        lock_wait=lock_wait(),
        silence=HOLDER_SILENCE,
    )
