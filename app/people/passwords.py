"""Passwords: Argon2id, with the parameters of the app's `PASSWORD_HASHING` setting (design section 14)."""

from __future__ import annotations

from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from flask import current_app

MIN_LENGTH = 8  # ACC-12


class Hashing(NamedTuple):
    """The app's hasher, and a hash to compare with where an account has none."""

    hasher: PasswordHasher
    nobodys: str


def hash_password(password: str) -> str:
    """The text to store in place of `password`."""
    return _hashing().hasher.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; takes as long when none is stored (`None`)."""
    hashing = _hashing()
    try:
        return hashing.hasher.verify(stored or hashing.nobodys, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with other parameters than today's, so that it should be made anew."""
    return _hashing().hasher.check_needs_rehash(stored)


def _hashing() -> Hashing:
    """Made at first use; with both parts at once, so that no account's first sign-in takes longer."""
    known: dict[str, Hashing] = current_app.extensions
    if "password_hashing" not in known:
        parameters = current_app.config.get("PASSWORD_HASHING", RFC_9106_LOW_MEMORY)
        hasher = PasswordHasher.from_parameters(parameters)
        known["password_hashing"] = Hashing(hasher, hasher.hash("nobody's password"))
    return known["password_hashing"]
