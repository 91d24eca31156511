"""The documents of a page as they are stored: packed, since each says nearly the same as the one before."""

from __future__ import annotations

import zlib

from app.providers.documents import laid_out

LEVEL = zlib.Z_BEST_SPEED
"""Half a megabyte in two milliseconds, down to a tenth; better levels win little for twice the time."""


def packed(documents: bytes) -> bytes:
    """What is stored for a page's documents, a JSON list."""
    return zlib.compress(documents, LEVEL)


def unpacked(stored: bytes, place: int) -> str:
    """The document at that place of the list, from 0, laid out for people, with the numbers as they came."""
    return laid_out(zlib.decompress(stored), place)
