"""Ids as requests carry them, in addresses and forms: texts, which may be anything."""

from __future__ import annotations

LARGEST_ID = 2**63 - 1
"""The largest that PostgreSQL gives."""
NO_ID = 0
"""One that nothing has."""
MOST_DIGITS = 19
"""No text with more is read: to make a number of a very long one takes time, and in the end fails."""


def id_from(text: str) -> int | None:
    """The id that a text is; None for any other text."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
    return number if 0 < number <= LARGEST_ID else None
