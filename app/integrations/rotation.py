"""Changing the key: every stored secret under the newest key of the ring."""

from __future__ import annotations

from sqlalchemy import select

from app.foundation.audit import record
from app.foundation.keys import key_ring
from app.integrations.consent.holding import held_place
from app.integrations.locks import lock_all, locking_transaction
from app.integrations.models import Connection, OAuthAttempt
from app.integrations.tokens.places import place
from app.integrations.tokens.vault import Rotation


def rotate_keys() -> Rotation:
    """All stored tokens open with the newest key alone; raises SealError, changing nothing, if one is shut.

    One transaction that holds every row, so that no refresh can slip an older key in between.
    """
    ring, done = key_ring(), Rotation()
    with locking_transaction() as session:
        lock_all(session)
        rows = select(Connection).order_by(Connection.id).with_for_update(key_share=True)
        for row in session.scalars(rows):
            row.access_token = done.turn(ring, row.access_token, place(row.id, "access_token"))
            row.refresh_token = done.turn(ring, row.refresh_token, place(row.id, "refresh_token"))
        waiting = select(OAuthAttempt).where(OAuthAttempt.held_grant.is_not(None)).order_by(OAuthAttempt.id)
        for attempt in session.scalars(waiting.with_for_update()):
            attempt.held_grant = done.turn(ring, attempt.held_grant, held_place(attempt.id))
        if done.re_encrypted:
            record(
                action="tokens.re_encrypted",
                subject="Key ring",
                after={"secrets": done.re_encrypted},
                user_id=None,
            )
    return done
