"""Hiding items that nobody will ever import, and showing them again (IMP-4, OQ-17)."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, update

from app.foundation.transaction import transaction
from app.items.models import AccountingItem
from app.items.selection import Selection
from app.items.turns import take_turn


def set_visibility(selection: Selection, visible: bool) -> int:
    """The selected items are visible, or hidden; returns how many changed. Products stay as they are."""
    statement = (
        update(AccountingItem)
        .where(*selection.conditions(), AccountingItem.visible.is_(not visible))
        .values(visible=visible)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        take_turn(session)
        return cast("CursorResult[Any]", session.execute(statement)).rowcount
