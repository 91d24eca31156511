"""Whoever writes many items that others may write, too, takes turns, so that none waits for the other's rows.

A sync's merge and hiding go through the items in different orders. A company's first listing writes items
that nobody else can know of, and lets everybody by for as long as the books take to answer.
"""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

TAKE = text("SELECT pg_advisory_xact_lock(7307)")


def take_turn(database: Session | Connection) -> None:
    """It is ours until the caller's transaction ends."""
    database.execute(TAKE)
