"""The place of a sealed value, for which it is sealed and nowhere else opens."""

from __future__ import annotations


def place(row_id: int, column: str, table: str = "connections") -> bytes:
    """The associated data of a sealed value: where it stands."""
    return f"{table}:{row_id}:{column}".encode()
