"""What every page says about connections: a prompt where one expired, and how each is (design section 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import has_request_context
from flask_login import current_user

from app.foundation.pages.addresses import page_url
from app.foundation.pages.once import once
from app.integrations.health import state_word
from app.integrations.models import Connection, ConnectionState
from app.integrations.service import connections
from app.people.access import can
from app.providers import registry


def connection_context() -> dict[str, Any]:
    """`connection_notices` for people who may reconnect, `connection_states` for those who may look."""
    if not has_request_context() or not current_user.is_authenticated:
        return {"connection_notices": [], "connection_states": []}
    manages = can("manage_integrations")
    shown = connections_for_page() if manages or can("sync_items") else []
    return {
        "connection_notices": [_notice(each) for each in shown if _expired(each)] if manages else [],
        "connection_states": [_state(each) for each in shown],
    }


def connections_for_page() -> Sequence[Connection]:
    """Those that stand; one query, however many parts of a page show something of them."""
    return once("connections", connections)


def _expired(connection: Connection) -> bool:
    return connection.state == ConnectionState.EXPIRED


def _notice(connection: Connection) -> dict[str, str]:
    label = registry.label(connection.provider)
    return {
        "text": f"The connection of {connection.company_name} to {label} has expired: nothing can be synced.",
        "url": page_url("integrations.index"),
        "label": "Reconnect",
    }


def _state(connection: Connection) -> dict[str, str]:
    word, tone = state_word(connection)
    return {
        "name": connection.company_name,
        "word": word,
        "tone": tone,
        "url": page_url("integrations.index"),
    }
