"""The walk to the provider's consent page and back: one state, one person, one session, once, ten minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import delete, select, update

from app.foundation.clock import utcnow
from app.foundation.errors import NotFoundError
from app.foundation.transaction import transaction
from app.integrations.clients import oauth_client, page_options, redirect_uri
from app.integrations.errors import ConsentFailed, TooManyConnections
from app.integrations.models import ConnectionState, OAuthAttempt
from app.integrations.service import MOST_CONNECTIONS, connections, get_connection
from app.providers import registry

LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)
POPUP = "popup."
"""How a state begins whose attempt was started in a popup, so that its end belongs there too."""


@dataclass(frozen=True)
class Attempt:
    """An attempt that has come back in time, to the person who began it."""

    id: int
    provider: str
    user_id: int
    connection_id: int | None
    """The connection to be renewed, if the person chose one."""


def begin(provider: str, user_id: int, session_secret: str, *, connection_id: int | None, popup: bool) -> str:
    """The address of the provider's consent page, with a state that only this person's session can redeem.

    Raises NotFoundError for an unknown connection, NotConfigured, TooManyConnections.
    """
    client = oauth_client(provider, page_options())
    _check_room(provider, connection_id)
    state = (POPUP if popup else "") + secrets.token_urlsafe(32)
    with transaction() as session:
        session.execute(delete(OAuthAttempt).where(OAuthAttempt.expires_at < utcnow() - KEPT))
        session.add(
            OAuthAttempt(
                state_hash=digest(state),
                session_hash=digest(session_secret),
                user_id=user_id,
                provider=provider,
                connection_id=connection_id,
                expires_at=utcnow() + LIFETIME,
            )
        )
    return client.authorization_url(redirect_uri(provider), state)


def _check_room(provider: str, connection_id: int | None) -> None:
    """A connection to be renewed must exist; one that is not connected now must find room."""
    chosen = None if connection_id is None else get_connection(connection_id)
    if chosen and chosen.provider != provider:
        raise NotFoundError("There is no such connection.")
    connected = chosen is not None and chosen.state != ConnectionState.DISCONNECTED
    if not connected and len(connections()) >= MOST_CONNECTIONS:
        raise TooManyConnections


def claim(provider: str, state: str, user_id: int, session_secret: str) -> Attempt:
    """The attempt that `state` belongs to, which nobody can claim again; raises ConsentFailed.

    A state that reaches the wrong hands is spent by being shown, so that it is of no use to them either.
    """
    label = registry.label(provider)
    known = OAuthAttempt.state_hash == digest(state)
    with transaction() as session:
        claimed = session.scalar(
            update(OAuthAttempt)
            .where(known, OAuthAttempt.provider == provider, OAuthAttempt.used_at.is_(None))
            .values(used_at=utcnow())
            .returning(OAuthAttempt)
        )
        if claimed is None:
            reused = session.scalar(select(OAuthAttempt.id).where(known)) is not None
            raise ConsentFailed(_reused(label) if reused else _unknown(label))
        attempt = Attempt(claimed.id, provider, claimed.user_id, claimed.connection_id)
        late = claimed.expires_at < utcnow()
        same_session = compare_digest(claimed.session_hash, digest(session_secret))
    if attempt.user_id != user_id or not same_session:
        raise ConsentFailed(
            f"This answer from {label} belongs to another sign-in, so it was not used. "
            "Connect again from here."
        )
    if late:
        raise ConsentFailed(
            f"The answer from {label} came more than ten minutes after you started, so it was not used. "
            "Connect again."
        )
    return attempt


def digest(secret: str) -> bytes:
    """What is stored in place of a state or a session's secret."""
    return sha256(secret.encode(errors="surrogatepass")).digest()


def _reused(label: str) -> str:
    return (
        f"This answer from {label} was used already. If the page was only reloaded, everything is as it was; "
        "otherwise connect again."
    )


def _unknown(label: str) -> str:
    return (
        f"Lotledger did not ask for this answer from {label}, so it was not used. "
        "If you were connecting, start again from here."
    )
