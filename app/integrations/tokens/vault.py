"""Tokens at rest: sealed for one column of one row, so that a ciphertext moved elsewhere does not open."""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.crypto import KeyRing
from app.foundation.errors import LotledgerError
from app.foundation.keys import key_ring
from app.integrations.models import Connection
from app.integrations.tokens.places import place
from app.providers.oauth import TokenSet


def store_tokens(connection: Connection, tokens: TokenSet) -> None:
    """The row, whose id must be known, holds `tokens` sealed, in place of any older ones."""
    ring = key_ring()
    connection.access_token = ring.seal(tokens.access_token, place(connection.id, "access_token"))
    connection.refresh_token = ring.seal(tokens.refresh_token, place(connection.id, "refresh_token"))
    connection.access_expires_at = tokens.access_expires_at
    connection.refresh_expires_at = tokens.refresh_expires_at


def wipe_tokens(connection: Connection) -> None:
    """The row holds no token any more."""
    connection.access_token = connection.refresh_token = None
    connection.access_expires_at = connection.refresh_expires_at = None


def access_token(connection: Connection) -> str:
    """The access token in clear; raises SealError."""
    return _opened(connection, "access_token", connection.access_token)


def refresh_token(connection: Connection) -> str:
    """The refresh token in clear; raises SealError."""
    return _opened(connection, "refresh_token", connection.refresh_token)


def _opened(connection: Connection, column: str, sealed: bytes | None) -> str:
    if sealed is None:
        raise LotledgerError(f"{connection.company_name} is not connected.")
    return key_ring().unseal(sealed, place(connection.id, column))


@dataclass
class Rotation:
    """How many sealed values were looked at, and how many of them got the newest key."""

    looked_at: int = 0
    re_encrypted: int = 0

    def turn(self, ring: KeyRing, sealed: bytes | None, where: bytes) -> bytes | None:
        """`sealed` under the newest key, counted; raises SealError if it cannot be opened."""
        if sealed is None:
            return None
        self.looked_at += 1
        if ring.is_current(sealed):
            return sealed
        self.re_encrypted += 1
        return ring.seal(ring.unseal(sealed, where), where)
