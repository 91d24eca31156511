"""E-mail addresses: the identifiers that people sign in with (ACC-4)."""

from __future__ import annotations

import re

from app.foundation.errors import InvalidInput

MAX_LENGTH = 254  # RFC 5321
SHAPE = re.compile(r"[^@\s<>()\[\],;:\"\\]{1,64}@[^@\s<>()\[\],;:\"\\]+")


def clean_email(text: str) -> str:
    """The address as it is stored and compared: without blanks around it, in small letters.

    Raises InvalidInput for what no mail server could deliver to. Names without a dot after the @ are
    accepted, since intranets use them.
    """
    address = text.strip().lower()
    if len(address) > MAX_LENGTH or not address.isprintable() or not SHAPE.fullmatch(address):
        raise InvalidInput("Enter an e-mail address, such as ana@example.com.", field="email")
    return address
