"""Whether stock is kept in lots, held while somebody posts: a switch waits until they are done."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

MODE = "SELECT lots_on FROM stock_mode WHERE id = 1"
ADD_MODE = "INSERT INTO stock_mode (id, lots_on) VALUES (1, false) ON CONFLICT DO NOTHING"


def hold_mode(session: Session | Connection) -> bool:
    """Whether stock is kept in lots, which stays so until the caller's transaction ends."""
    found = session.scalar(text(MODE + " FOR SHARE"))
    if found is None:
        session.execute(text(ADD_MODE))
        found = session.scalar(text(MODE + " FOR SHARE"))
    return bool(found)
