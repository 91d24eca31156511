"""A connection's access token, the same one to all processes, refreshed by one of them at a time.

Whoever finds the token stale locks the connection's row and looks again, since another process may have
refreshed it meanwhile. New tokens are committed before anybody uses them, so a process may die at any point
after that and the next one finds the refresh token that the provider now expects.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import current_app

from app.extensions import db
from app.foundation.clock import utcnow
from app.integrations import expiry, vault
from app.integrations.clients import oauth_client, refresh_options
from app.integrations.locks import locked, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.providers.errors import AuthorizationLost, TemporarilyUnavailable

log = structlog.get_logger()

EARLY = timedelta(minutes=5)
"""A token that ends sooner than this is refreshed before it is used."""


class ConnectionTokens:
    """The `TokenSource` of one connection; safe to use from several threads.

    Works in a database session of its own, because the caller's transaction must be neither committed nor
    waited for. Both methods raise AuthorizationLost when only reconnecting helps, which the connection then
    says too, and TemporarilyUnavailable when trying again may.
    """

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id
        self._app = current_app._get_current_object()  # type: ignore[attr-defined]

    def current(self) -> str:
        """A token that is good for five minutes more, refreshed first if need be."""
        with self._app.app_context():
            token = _usable(db.session.get(Connection, self._connection_id), None)
            return token or self._refreshed(None)

    def renew(self, rejected: str) -> str:
        """A token other than `rejected`, which the provider has just refused."""
        with self._app.app_context():
            return self._refreshed(rejected)

    def _refreshed(self, rejected: str | None) -> str:
        """A token that is committed; the expiry is too, when this raises AuthorizationLost."""
        with locking_transaction() as session:
            outcome = _token_or_loss(locked(session, self._connection_id), rejected)
        if isinstance(outcome, AuthorizationLost):
            expiry.announce(self._connection_id)
            raise outcome
        return outcome


def _token_or_loss(connection: Connection | None, rejected: str | None) -> str | AuthorizationLost:
    """What is to be committed: the locked row's good token, a refreshed one, or the end of the consent."""
    token = _usable(connection, rejected)
    if token or connection is None:
        return token or _gone()
    client = oauth_client(connection.provider, refresh_options())
    try:
        fresh = client.refresh(vault.refresh_token(connection))
    except AuthorizationLost as loss:
        expiry.expire(connection, loss.message, loss.trace_id)
        return loss
    except TemporarilyUnavailable:
        if rejected is None and _minutes_left(connection) > timedelta(0):
            return vault.access_token(connection)
        raise
    vault.store_tokens(connection, fresh)
    log.info("tokens refreshed", connection=connection.id)
    return fresh.access_token


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
