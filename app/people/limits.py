"""How often a password may be tried: per account and per address, failures only (design section 14)."""

from __future__ import annotations

import hashlib
import time

from flask import Response, request
from flask_limiter.util import get_remote_address
from flask_login import current_user

from app.extensions import limiter
from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import count_of
from app.people.emails import clean_email

PER_ACCOUNT = "10 per 15 minutes"
PER_ADDRESS = "50 per 15 minutes"  # an office shares one
WRONG_PASSWORD = 401


def _failed(response: Response) -> bool:
    return response.status_code == WRONG_PASSWORD


def _account() -> str:
    """The account that a sign-in form names, however it is spelt; shortened, so that no key grows with it."""
    email = request.form.get("email", "")
    try:
        email = clean_email(email)
    except InvalidInput:
        email = email.strip().lower()
    return hashlib.sha256(email.encode(errors="replace")).hexdigest()


def _myself() -> str:
    return f"user:{current_user.get_id()}"


per_account = limiter.limit(PER_ACCOUNT, key_func=_account, methods=["POST"], deduct_when=_failed)
per_address = limiter.limit(PER_ADDRESS, key_func=get_remote_address, methods=["POST"], deduct_when=_failed)
per_person = limiter.limit(PER_ACCOUNT, key_func=_myself, methods=["POST"], deduct_when=_failed)


def seconds_to_wait() -> int:
    """How long the limit that refused this request still holds."""
    breached = limiter.current_limit
    return max(1, round(breached.reset_at - time.time())) if breached else 60


def try_again_sentence() -> str:
    """What a person reads whose attempts were too many."""
    minutes = max(1, round(seconds_to_wait() / 60))
    return f"Too many attempts with a wrong password. Try again in {count_of(minutes, 'minute')}."
