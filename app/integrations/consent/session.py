"""What ties an OAuth attempt to the browser that began it."""

from __future__ import annotations

import secrets

from flask import session

KEY = "oauth_secret"


def session_secret() -> str:
    """A secret of this browser's session, made at its first use; it ends with the session."""
    if KEY not in session:
        session[KEY] = secrets.token_urlsafe(32)
    secret: str = session[KEY]
    return secret
