"""A connection's access token, the same one to all processes, refreshed by one of them at a time.

Whoever finds the token stale waits for its turn and looks again, since another process may have had it
refreshed meanwhile. The refresh itself is done by a process of its own (`refresher.py`), which holds the lock
of the row and commits the new tokens before anybody uses them. So whoever asked may die at any point, and the
next one finds the refresh token that the provider now expects.
"""

from __future__ import annotations

import time
from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.clock import utcnow
from app.integrations import expiry
from app.integrations.errors import ConnectionBusy
from app.integrations.locks import lock_refreshing, locked, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.integrations.tokens import vault
from app.integrations.tokens.errands import REFRESHED
from app.integrations.tokens.refreshing import longest_refresh, refresh
from app.providers.errors import AuthorizationLost, TemporarilyUnavailable

EARLY = timedelta(minutes=5)
"""A token that ends sooner than this is refreshed before it is used."""
LOOK_AGAIN = 1.0
"""Seconds for which a token that was looked up is used without looking whether it still stands."""
ROUNDS = 3
"""How often the row may change under us, say by a new key and a new consent, before we give up."""


class ConnectionTokens:
    """The `TokenSource` of one connection; safe to use from several threads.

    Works in a database session of its own, because the caller's transaction must be neither committed nor
    waited for. Both methods raise AuthorizationLost when only reconnecting helps, which the connection then
    says too, and TemporarilyUnavailable when trying again may.
    """

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id
        self._app = current_app._get_current_object()  # type: ignore[attr-defined]
        self._looked_up = ("", -LOOK_AGAIN)

    def current(self) -> str:
        """A token that is good for five minutes more, refreshed first if need be."""
        token, looked_at = self._looked_up
        if time.monotonic() - looked_at < LOOK_AGAIN:
            return token
        with self._app.app_context():
            token = _usable(db.session.get(Connection, self._connection_id), None) or self._refreshed(None)
        self._looked_up = (token, time.monotonic())
        return token

    def renew(self, rejected: str) -> str:
        """A token other than `rejected`, which the provider has just refused."""
        self._looked_up = ("", -LOOK_AGAIN)
        with self._app.app_context():
            return self._refreshed(rejected)

    def _refreshed(self, rejected: str | None) -> str:
        """A token that is committed; the expiry is too, when this raises AuthorizationLost."""
        with locking_transaction(longest_refresh()) as session:
            lock_refreshing(session, self._connection_id)
            outcome = _token_or_loss(session, self._connection_id, rejected)
        if isinstance(outcome, AuthorizationLost):
            expiry.announce(self._connection_id)
            raise outcome
        return outcome


def _token_or_loss(session: Session, connection_id: int, rejected: str | None) -> str | AuthorizationLost:
    """The row's good token, or a refreshed one; or the end of the consent, which is to be committed."""
    for _ in range(ROUNDS):
        connection = session.get(Connection, connection_id, populate_existing=True)
        token = _usable(connection, rejected)
        if token or connection is None:
            return token or _gone()
        found = connection.refresh_token
        try:
            outcome = refresh(connection)
        except AuthorizationLost as loss:
            if _expired(session, connection_id, found, loss):
                return loss
        except TemporarilyUnavailable:
            if rejected is None and _minutes_left(connection) > timedelta(0):
                return vault.access_token(connection)
            raise
        else:
            session.refresh(connection)
            if outcome.kind == REFRESHED and connection.is_active:
                return vault.access_token(connection)
    raise ConnectionBusy


def _expired(session: Session, connection_id: int, found: bytes | None, loss: AuthorizationLost) -> bool:
    """Whether the row will say that it expired; not if it has another token than the one refused."""
    connection = locked(session, connection_id)
    if connection is None or connection.refresh_token != found:
        return False
    return expiry.expire(connection, loss.message, loss.trace_id)


def _usable(connection: Connection | None, rejected: str | None) -> str | None:
    """The stored access token unless it ends soon or was just refused; raises AuthorizationLost."""
    if connection is None:
        raise _gone()
    if connection.state == ConnectionState.DISCONNECTED:
        raise AuthorizationLost(f"{connection.company_name} was disconnected. Reconnect it first.")
    if connection.state == ConnectionState.EXPIRED:
        raise AuthorizationLost(f"The connection to {connection.company_name} has expired. Reconnect it.")
    if _minutes_left(connection) <= EARLY:
        return None
    token = vault.access_token(connection)
    return token if token != rejected else None


def _minutes_left(connection: Connection) -> timedelta:
    return (connection.access_expires_at or utcnow()) - utcnow()


def _gone() -> AuthorizationLost:
    return AuthorizationLost("This connection does not exist any more.")
