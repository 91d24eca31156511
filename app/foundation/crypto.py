"""The key ring that keeps secrets at rest: AES-256-GCM, the first key encrypts, every key decrypts.

A sealed value is `version (1 byte) | key id (8) | nonce (12) | ciphertext and tag`. The key id tells which
key of the ring opens it, so that keys can be changed one after the other. Version and key id are
authenticated together with the associated data that the caller gives: what was sealed for one place opens
in no other.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.foundation.errors import LotledgerError

VERSION = b"\x01"
KEY_ID_BYTES = 8
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES
SHORTEST = HEADER_BYTES + NONCE_BYTES + 16


class SealError(LotledgerError):
    """A sealed value could not be opened; the message says what the operator can do."""


class UnknownKey(SealError):
    """The value was sealed with a key that the ring does not hold."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret was encrypted with a key that TOKEN_KEYS no longer lists. "
            "Put the old key back at the end of TOKEN_KEYS, or reconnect the accounting system."
        )


class BrokenSeal(SealError):
    """The value was damaged, or was sealed for another place."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read: it was changed in the database, or belongs to another record. "
            "Reconnect the accounting system to store a new one."
        )


class KeyRing:
    """32-byte keys, newest first; neither they nor what they seal ever appears in a repr."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("A key ring needs at least one key.")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._newest = _key_id(keys[0])

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._ciphers)}>"

    def seal(self, secret: str, associated: bytes) -> bytes:
        """`secret` encrypted with the newest key, to be opened with the same `associated` data only."""
        header = VERSION + self._newest
        nonce = os.urandom(NONCE_BYTES)
        body = self._ciphers[self._newest].encrypt(nonce, secret.encode(), header + associated)
        return header + nonce + body

    def unseal(self, sealed: bytes, associated: bytes) -> str:
        """The secret in `sealed`; raises UnknownKey, or BrokenSeal if it was changed or belongs elsewhere."""
        if len(sealed) < SHORTEST or sealed[:1] != VERSION:
            raise BrokenSeal
        header, rest = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
        cipher = self._ciphers.get(header[len(VERSION) :])
        if cipher is None:
            raise UnknownKey
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + associated).decode()
        except InvalidTag:
            raise BrokenSeal from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether `sealed` names the newest key, so that re-encrypting it would gain nothing."""
        return sealed[:HEADER_BYTES] == VERSION + self._newest


def _key_id(key: bytes) -> bytes:
    """A name for `key` that tells nothing about it."""
    return hashlib.sha256(b"lotledger key id\x00" + key).digest()[:KEY_ID_BYTES]
