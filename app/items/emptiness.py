"""Why the list of items is empty, and what to do about it (ERR-3, ERR-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import select

from app.extensions import db
from app.integrations.models import Connection
from app.integrations.service import connections
from app.items.models import AccountingItem
from app.items.selection import ItemState
from app.people.access import can

Action = tuple[str, str] | Markup | None


class Emptiness(NamedTuple):
    """What stands where the rows would be."""

    title: str
    text: str
    action: Action


def why_empty() -> Emptiness:
    """What an unfiltered list without a row says to this person."""
    if db.session.scalar(select(AccountingItem.id).limit(1)) is not None:
        hidden = url_for("items.index", state=ItemState.HIDDEN.value)
        return Emptiness("Every item is hidden.", "Nothing else came from the books.", (hidden, "See them"))
    present = connections()
    never = [connection for connection in present if connection.last_synced_at is None]
    if never:
        return _never_synced(never)
    return _nothing_came() if present else _not_connected()


def why_no_suggestions() -> Emptiness:
    """What the unfiltered list of link suggestions says when there is none."""
    text = "No product without item has the SKU or the name of an item that is free."
    return Emptiness("Nothing to suggest.", text, (url_for("items.index"), "See the items"))


def _not_connected() -> Emptiness:
    text = "Items come from QuickBooks Online. Connect it, sync, then choose which items become products."
    action = _integrations("Connect an accounting system")
    return Emptiness("No accounting system is connected.", text, action)


def _never_synced(connections: Sequence[Connection]) -> Emptiness:
    title = f"{' and '.join(each.company_name for each in connections)}: nothing synced yet."
    action: Action = None
    if can("sync_items"):
        ready = [connection for connection in connections if connection.is_active]
        action = Markup(render_template("items/_sync_buttons.html", connections=ready))  # noqa: S704 - escaped
    return Emptiness(title, "A sync copies the items of the books to this list.", action)


def _nothing_came() -> Emptiness:
    text = "The last sync brought no item. Perhaps the item types of the connection are too narrow."
    return Emptiness("No items.", text, _integrations("Choose item types"))


def _integrations(label: str) -> Action:
    return (url_for("integrations.index"), label) if can("manage_integrations") else None
