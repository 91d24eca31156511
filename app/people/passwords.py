"""Passwords: Argon2id, with the parameters of the app's `PASSWORD_HASHING` setting (design section 14)."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from flask import current_app

MIN_LENGTH = 8  # ACC-12
MAX_LENGTH = 1000  # long enough for any passphrase, short enough that hashing it is no burden


def hash_password(password: str) -> str:
    """The text to store in place of `password`."""
    return _hasher().hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; takes as long when none is stored (`None`)."""
    hasher = _hasher()
    try:
        return hasher.verify(stored or _nobodys(hasher), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with other parameters than today's, so that it should be made anew."""
    return _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    """The app's hasher, made at its first use."""
    known: dict[str, PasswordHasher] = current_app.extensions
    if "password_hasher" not in known:
        parameters = current_app.config.get("PASSWORD_HASHING", RFC_9106_LOW_MEMORY)
        known["password_hasher"] = PasswordHasher.from_parameters(parameters)
    return known["password_hasher"]


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("the password of an account that does not exist")
