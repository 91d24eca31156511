"""Waiting for each other, never for ever.

Rows are locked with FOR NO KEY UPDATE: rows of other tables refer to connections, and adding one takes a key
share on the connection. With FOR UPDATE a sync that has added an item would wait for its own token refresh,
and the refresh for the sync.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.transaction import transaction
from app.integrations.clients import refresh_options
from app.integrations.errors import ConnectionBusy
from app.integrations.models import Connection

HOLDER_SILENCE = 240
"""Seconds after which the database drops a holder that went away without closing its connection."""
ALL_CONNECTIONS = 7_306_001
"""Advisory lock of whoever adds a connection, brings one back, or locks several rows."""
REFRESHING = 7_306_002_000_000
"""Advisory lock, plus the connection's id, of whoever has its tokens refreshed."""


@contextmanager
def locking_transaction(seconds: int = 0) -> Iterator[Session]:
    """A transaction that waits a bounded time for each lock; raises ConnectionBusy after that.

    Waits `seconds` where given, else as long as a refresh may hold a row.
    """
    try:
        with transaction() as session:
            session.execute(text(f"SET LOCAL lock_timeout = '{seconds or lock_wait()}s'"))
            session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{HOLDER_SILENCE}s'"))
            yield session
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise ConnectionBusy from error
        raise


def locked(session: Session, connection_id: int) -> Connection | None:
    """The row, read anew, that nobody else changes until the transaction ends."""
    statement = select(Connection).where(Connection.id == connection_id)
    return session.scalar(statement.with_for_update(key_share=True).execution_options(populate_existing=True))


def lock_all(session: Session) -> None:
    """Nobody else adds a connection, or brings one back, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(ALL_CONNECTIONS)))


def lock_refreshing(session: Session, connection_id: int) -> None:
    """Nobody else has this connection's tokens refreshed until the transaction ends.

    Apart from the row's lock, which the refreshing process takes itself. This one only spares it company: ten
    workers with a stale token start one process, not ten.
    """
    session.execute(select(func.pg_advisory_xact_lock(REFRESHING + connection_id)))


def lock_wait() -> int:
    """Seconds: longer than a refresh can hold the row, which may ask a second time."""
    return int(2 * refresh_options().total_timeout) + 2
