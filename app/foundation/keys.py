"""The key ring of the installation that is running; apart from `crypto.py`, which needs no application."""

from __future__ import annotations

from flask import current_app

from app.foundation.crypto import KeyRing


def key_ring() -> KeyRing:
    """The ring of this installation's `TOKEN_KEYS`."""
    return KeyRing(current_app.config["SETTINGS"].token_keys)
