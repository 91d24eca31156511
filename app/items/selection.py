"""Which accounting items are meant: some by id, or all that match what the list was filtered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, select

from app.foundation.lists.search import matches
from app.items.models import AccountingItem, ItemLink
from app.providers.base import ItemType


class ItemState(StrEnum):
    """Where an item stands on its way to being a product; an item can be in several of them."""

    NOT_IMPORTED = "not_imported"
    IMPORTED = "imported"
    HIDDEN = "hidden"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class ItemFilter:
    """What the list is narrowed to. Without a state it shows all but what somebody has hidden (IMP-4)."""

    words: str = ""
    item_type: ItemType | None = None
    state: ItemState | None = None
    connection_id: int | None = None

    def parameters(self) -> dict[str, str]:
        """The same as the list's address has it."""
        chosen = {
            "q": self.words,
            "type": self.item_type or "",
            "state": self.state or "",
            "connection": str(self.connection_id or ""),
        }
        return {name: str(value) for name, value in chosen.items() if value}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an item must fulfil."""
        found = [state_condition(self.state)]
        if self.words:
            found.append(matching_words(self.words))
        if self.item_type is not None:
            found.append(AccountingItem.item_type == self.item_type.value)
        if self.connection_id is not None:
            found.append(AccountingItem.connection_id == self.connection_id)
        return found


@dataclass(frozen=True)
class Selection:
    """The items with these ids, or with `ids` None all that match the filter."""

    ids: tuple[int, ...] | None
    filter: ItemFilter = ItemFilter()

    def parameters(self) -> dict[str, str | list[str]]:
        """The same as an address or a form carries it."""
        if self.ids is None:
            return {"all": "1", **self.filter.parameters()}
        return {"item": [str(number) for number in self.ids], **self.filter.parameters()}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What an item must fulfil to be meant; ids that no item has mean nothing."""
        return self.filter.conditions() if self.ids is None else [AccountingItem.id.in_(self.ids)]


def matching_words(text: str) -> ColumnElement[bool]:
    """What an item with all words of the text fulfils; nothing does when there is no word in it."""
    found = matches(AccountingItem.search, text)
    return false() if found is None else found


def state_condition(state: ItemState | None) -> ColumnElement[bool]:
    """What an item in the state fulfils."""
    link = select(ItemLink.id).where(ItemLink.accounting_item_id == AccountingItem.id)
    linked = link.correlate(AccountingItem).exists()
    if state is ItemState.NOT_IMPORTED:
        return AccountingItem.active & AccountingItem.visible & ~linked
    if state is ItemState.IMPORTED:
        return linked
    if state is ItemState.INACTIVE:
        return ~AccountingItem.active
    return ~AccountingItem.visible if state is ItemState.HIDDEN else AccountingItem.visible.expression


def of_ids(ids: Sequence[int]) -> Selection:
    """Exactly the items with these ids."""
    return Selection(tuple(ids))
