"""What the pages say about a connection's inventory mode, as finished values."""

from __future__ import annotations

from dataclasses import dataclass

from app.integrations import guards
from app.integrations.inventory import mode_of, obstacle
from app.integrations.models import Connection, InventoryMode
from app.providers import registry

UNDECIDED = "Not chosen yet"


@dataclass(frozen=True)
class Inventory:
    """How a connection stands, for its section in Settings → Integrations."""

    connection: Connection
    label: str
    mode: InventoryMode
    """The one that counts."""
    decided: bool
    word: str
    tone: str
    obstacle: str | None
    """Why *Connect inventory* is not to be had; None when it is, or when the books lead already."""
    can_change: bool
    """Whether anybody could ever choose: the provider lets quantities be adjusted."""


@dataclass(frozen=True)
class InventoryChoice:
    """The same with what a choice would concern, for the pages on which one is made."""

    inventory: Inventory
    linked: int
    """Products linked to the connection's items."""
    unlinked: int
    """Products in use that are not."""


def inventory_of(connection: Connection) -> Inventory:
    """The section's values as of now."""
    mode, decided = mode_of(connection), connection.inventory_mode is not None
    reason = None if mode is InventoryMode.SYNC else obstacle(connection)
    return Inventory(
        connection=connection,
        label=registry.label(connection.provider),
        mode=mode,
        decided=decided,
        word=mode_word(connection),
        tone=("good" if mode is InventoryMode.SYNC else "neutral") if decided else "warn",
        obstacle=reason.message if reason else None,
        can_change=registry.capabilities(connection.provider).quantity_adjustments,
    )


def inventory_choice(connection: Connection) -> InventoryChoice:
    """The values of a page on which the mode is chosen."""
    return InventoryChoice(
        inventory=inventory_of(connection),
        linked=guards.count_links(connection.id),
        unlinked=guards.count_unlinked(connection.id),
    )


def mode_word(connection: Connection) -> str:
    """The mode as it is written on pages, or that nobody has chosen one."""
    return mode_of(connection).label if connection.inventory_mode else UNDECIDED
