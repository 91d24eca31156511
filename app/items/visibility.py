"""Hiding items that nobody will ever import, and showing them again (IMP-4, OQ-17)."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, text, update

from app.foundation.transaction import transaction
from app.items.models import AccountingItem
from app.items.selection import Selection

# A sync's merge and this update write many rows in different orders; taking turns, they cannot deadlock.
TAKE_TURNS = text("LOCK TABLE accounting_items IN SHARE ROW EXCLUSIVE MODE")


def set_visibility(selection: Selection, visible: bool) -> int:
    """The selected items are visible, or hidden; returns how many changed. Products stay as they are."""
    statement = (
        update(AccountingItem)
        .where(*selection.conditions(), AccountingItem.visible.is_(not visible))
        .values(visible=visible)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        session.execute(TAKE_TURNS)
        return cast("CursorResult[Any]", session.execute(statement)).rowcount
