"""How a connection is, in words: what state it is in, what went wrong, what to do (CONN-22)."""

from __future__ import annotations

from dataclasses import dataclass

from app.integrations.clients import throttle_for
from app.integrations.models import Connection, ConnectionState
from app.providers import registry
from app.providers.errors import TemporarilyUnavailable
from app.providers.throttle import Budget


@dataclass(frozen=True)
class Health:
    """One connection as its page shows it."""

    connection: Connection
    label: str
    word: str
    tone: str
    advice: str | None
    budget: Budget | None
    """Calls spent and left; None while Redis does not answer."""


def health_of(connection: Connection) -> Health:
    """The connection's health as of now; asks Redis for the calls spent, the provider for nothing."""
    word, tone = state_word(connection)
    return Health(
        connection=connection,
        label=registry.label(connection.provider),
        word=word,
        tone=tone,
        advice=_advice(connection),
        budget=_budget(connection),
    )


def state_word(connection: Connection) -> tuple[str, str]:
    """The badge of the connection: its word and its tone."""
    if connection.state == ConnectionState.DISCONNECTED:
        return "Disconnected", "neutral"
    if connection.state == ConnectionState.EXPIRED:
        return "Expired", "bad"
    return ("Needs attention", "warn") if connection.last_problem else ("Connected", "good")


def _advice(connection: Connection) -> str | None:
    if connection.state == ConnectionState.EXPIRED:
        return (
            f"Reconnect while signed in to {connection.company_name}. Nothing is lost: items, products, "
            "links and settings stay as they are."
        )
    if connection.is_active and connection.last_problem:
        return (
            "Try the sync again. If the problem stays, reconnect; if it stays even then, ask the provider's "
            "support and give them the reference."
        )
    return None


def _budget(connection: Connection) -> Budget | None:
    try:
        return throttle_for(connection.provider, connection.external_company_id).budget()
    except TemporarilyUnavailable:
        return None
