"""What Settings → Integrations shows, as finished values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from app.integrations.clients import is_configured, redirect_uri
from app.integrations.health import Health, health_of
from app.integrations.inventory_page import Inventory, inventory_of
from app.integrations.models import Connection
from app.integrations.panels import panels_for
from app.integrations.service import MOST_CONNECTIONS, connections, disconnected
from app.providers import registry
from app.providers.base import ItemType

TYPE_WORDS = {
    ItemType.INVENTORY: ("Inventory", "Goods whose quantity the accounting system tracks."),
    ItemType.NON_INVENTORY: (
        "Non-inventory",
        "Bought or sold without a tracked quantity, such as consumables.",
    ),
    ItemType.SERVICE: ("Service", "Work that is bought or sold, such as labour or finishing."),
    ItemType.GROUP: ("Group", "An older name for bundles; choosing either one lets them in."),
    ItemType.BUNDLE: ("Bundle", "Several items that are sold together under one name."),
}


@dataclass(frozen=True)
class TypeChoice:
    """One box of the item types form."""

    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class Offer:
    """A provider that can be connected to, if the operator has set it up."""

    provider: str
    button: str
    label: str
    popup: bool
    configured: bool
    redirect_uri: str


@dataclass(frozen=True)
class ConnectionCard:
    """One connection with all that can be done to it."""

    health: Health
    offer: Offer
    inventory: Inventory
    types: list[TypeChoice]
    types_refused: str
    """Why the choice of item types that was just made cannot be, a sentence; empty otherwise."""
    panels: list[Markup]


@dataclass(frozen=True)
class RefusedTypes:
    """A choice of item types that cannot be: whose, what was ticked, and the sentence that says why not."""

    connection_id: int
    ticked: Collection[str]
    sentence: str


@dataclass(frozen=True)
class IntegrationsPage:
    """The whole page; `offers` is empty while no further company can be connected."""

    cards: list[ConnectionCard]
    offers: list[Offer]
    former: list[tuple[Connection, Offer]]


def integrations_page(refused: RefusedTypes | None = None) -> IntegrationsPage:
    """The page as things are now, and with what was refused just now still ticked."""
    offers = {provider: _offer(provider) for provider in registry.names()}
    cards = [
        _card(each, offers[each.provider], refused if refused and refused.connection_id == each.id else None)
        for each in connections()
    ]
    return IntegrationsPage(
        cards=cards,
        offers=list(offers.values()) if len(cards) < MOST_CONNECTIONS else [],
        former=[(each, offers[each.provider]) for each in disconnected()],
    )


def _card(connection: Connection, offer: Offer, refused: RefusedTypes | None) -> ConnectionCard:
    ticked = refused.ticked if refused else connection.item_types
    return ConnectionCard(
        health=health_of(connection),
        offer=offer,
        inventory=inventory_of(connection),
        types=[
            TypeChoice(str(each), *TYPE_WORDS[each], chosen=each in ticked)
            for each in registry.capabilities(connection.provider).item_types
        ],
        types_refused=refused.sentence if refused else "",
        panels=panels_for(connection),
    )


def _offer(provider: str) -> Offer:
    label = registry.label(provider)
    return Offer(
        provider=provider,
        button=f"Connect to {label.removesuffix(' Online')}",
        label=label,
        popup=registry.capabilities(provider).popup,
        configured=is_configured(provider),
        redirect_uri=redirect_uri(provider),
    )
