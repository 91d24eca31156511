"""A consent for another company than was to be renewed, kept sealed until the person decides (OQ-51)."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.clock import utcnow
from app.foundation.errors import NotFoundError
from app.foundation.keys import key_ring
from app.integrations.consent.attempts import LIFETIME, digest
from app.integrations.consent.grants import Grant
from app.integrations.models import OAuthAttempt
from app.integrations.service import LARGEST_ID, get_connection
from app.integrations.tokens.places import place


@dataclass(frozen=True)
class HeldGrant:
    """A grant that waits, and the connection that the person had meant to renew."""

    grant: Grant
    connection_id: int


def hold(session: Session, attempt_id: int, grant: Grant) -> None:
    """The attempt keeps the grant for ten minutes from now."""
    attempt = session.get_one(OAuthAttempt, attempt_id)
    attempt.held_grant = key_ring().seal(grant.sealed_text(), held_place(attempt_id))
    attempt.expires_at = utcnow() + LIFETIME


def held(session: Session, attempt_id: int, user_id: int, session_secret: str) -> HeldGrant:
    """What waits for this person's decision in this session; raises NotFoundError."""
    attempt = _waiting(session, attempt_id)
    if (
        attempt is None
        or attempt.held_grant is None
        or attempt.connection_id is None
        or attempt.user_id != user_id
        or not compare_digest(attempt.session_hash, digest(session_secret))
    ):
        raise NotFoundError("There is no decision to take here, or its ten minutes are over. Connect again.")
    text = key_ring().unseal(attempt.held_grant, held_place(attempt_id))
    return HeldGrant(Grant.from_sealed_text(text), get_connection(attempt.connection_id).id)


def take(session: Session, attempt_id: int, user_id: int, session_secret: str) -> HeldGrant:
    """The same, and nobody can take it again once the transaction commits."""
    found = held(session, attempt_id, user_id, session_secret)
    session.get_one(OAuthAttempt, attempt_id).held_grant = None
    return found


def held_place(attempt_id: int) -> bytes:
    """Where a held grant is sealed for."""
    return place(attempt_id, "held_grant", "oauth_attempts")


def _waiting(session: Session, attempt_id: int) -> OAuthAttempt | None:
    if not 0 < attempt_id <= LARGEST_ID:
        return None
    statement = select(OAuthAttempt).where(OAuthAttempt.id == attempt_id, OAuthAttempt.expires_at > utcnow())
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True))
