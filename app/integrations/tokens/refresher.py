"""A process that exchanges one refresh token and ends: `python -m app.integrations.tokens.refresher`.

A provider that rotates refresh tokens has forgotten the old one when its answer sets out. Whoever asks must
therefore live until the answer is committed, and a worker may be killed at any moment. So the worker does not
ask: it starts this process, which leads a session of its own and which neither a signal to the worker nor one
to the worker's process group reaches. It takes the row's lock, looks whether the token is still the one that
was found stale, asks, commits, and ends; whether anybody still waits for it makes no difference. Asking it
politely to end (SIGTERM) makes none either, so that stopping a whole service waits for it.

If the database goes away between the question and the commit, it is tried again for two minutes.

What remains: when this very process is killed in the moment between the provider's answer and the commit (the
machine loses power, all that runs in the container or the service is killed at once, the kernel is out of
memory and chooses it), the new token is gone. The next refresh is then refused, the connection expires, and
somebody has to reconnect; no data is lost. No order of steps on our side can mend that, since the provider
keeps no copy that one could ask for.

It imports neither Flask nor SQLAlchemy, to be there in a moment; it is needed once an hour and connection.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import structlog

from app.foundation.crypto import KeyRing
from app.foundation.embedded.postgres import ensure_postgres
from app.foundation.errors import LotledgerError
from app.foundation.logs import configure_logging
from app.integrations.errors import ConnectionBusy
from app.integrations.tokens.errands import OVERTAKEN, REFRESHED, Errand, Outcome
from app.integrations.tokens.places import place
from app.providers import registry
from app.providers.errors import TemporarilyUnavailable
from app.providers.oauth import TokenSet

log = structlog.get_logger()

STORE_SECONDS = 120.0
POLITE_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

LOCK = "SELECT state, refresh_token FROM connections WHERE id = %s FOR NO KEY UPDATE"
STORE = """
    UPDATE connections
    SET access_token = %(access)s, refresh_token = %(refresh)s,
        access_expires_at = %(access_expires_at)s, refresh_expires_at = %(refresh_expires_at)s
    WHERE id = %(id)s AND state = 'active' AND refresh_token = %(found)s
"""


def main() -> None:
    """Carries out the errand on standard input and says on standard output how it ended."""
    for each in POLITE_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    configure_logging()
    try:
        errand = Errand.from_json(sys.stdin.read())
    except ValueError:
        sys.exit(2)  # whoever sent us died before the errand was told, so that nothing is lost
    outcome = carry_out(errand)
    with suppress(OSError):  # nobody waits any more, or nobody reads the log
        print(outcome.to_json(), flush=True)  # noqa: T201  the answer to whoever waits
        if outcome.kind == REFRESHED:
            log.info("tokens refreshed", connection=errand.connection_id)


def carry_out(errand: Errand) -> Outcome:
    """The row has new tokens, or others than were found, or none could be had; raises nothing."""
    try:
        return _exchanged(errand)
    except LotledgerError as error:
        return Outcome.of(error)
    except psycopg.errors.LockNotAvailable:
        return Outcome.of(ConnectionBusy())
    except Exception:
        with suppress(OSError):
            log.exception("token refresh failed", connection=errand.connection_id)
        return Outcome.of(TemporarilyUnavailable("The connection could not be renewed just now. Try again."))


def _exchanged(errand: Errand) -> Outcome:
    ring = KeyRing(errand.token_keys)
    if errand.embedded:
        ensure_postgres(Path(errand.embedded))
    with _connect(errand) as holder:  # the lock is held until the tokens are committed
        row = holder.execute(LOCK, [errand.connection_id]).fetchone()
        if row != ("active", errand.found):
            return Outcome(OVERTAKEN)
        refresh_token = ring.unseal(errand.found, place(errand.connection_id, "refresh_token"))
        client = registry.oauth_client(errand.provider, errand.settings, errand.options)
        values = _sealed(errand, ring, client.refresh(refresh_token))
        try:
            holder.execute(STORE, values)
            holder.commit()
        except psycopg.OperationalError:
            holder.close()
            _store_later(errand, values)
    return Outcome(REFRESHED)


def _connect(errand: Errand) -> psycopg.Connection:
    connection = psycopg.connect(errand.database, connect_timeout=10)
    connection.execute(f"SET lock_timeout = '{errand.lock_wait:d}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{errand.silence:d}s'")
    return connection


def _sealed(errand: Errand, ring: KeyRing, tokens: TokenSet) -> dict[str, object]:
    """The row's new values, sealed once, so that a second try to store them is the same as the first."""
    return {
        "id": errand.connection_id,
        "found": errand.found,
        "access": ring.seal(tokens.access_token, place(errand.connection_id, "access_token")),
        "refresh": ring.seal(tokens.refresh_token, place(errand.connection_id, "refresh_token")),
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
    }


def _store_later(errand: Errand, values: dict[str, object]) -> None:
    """Stored, once the database is back; raises OperationalError when it is not in time.

    A row that no longer has the token that was found was stored after all, or was changed by somebody else.
    """
    deadline = time.monotonic() + STORE_SECONDS
    while True:
        try:
            with _connect(errand) as connection:
                connection.execute(STORE, values)
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    main()
