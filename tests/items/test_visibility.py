"""Hiding and showing, one item or all that match (IMP-4, OQ-17)."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.items.importing import import_items
from app.items.linking import get_item
from app.items.models import AccountingItem
from app.items.selection import ItemFilter, ItemState, Selection, of_ids
from app.items.visibility import set_visibility
from app.products.models import ProductType
from tests.support.items import create_item, create_many_items

pytestmark = pytest.mark.usefixtures("context")


def matching(state: ItemState | None = None, **narrowed: object) -> set[str]:
    """The names of the items that a filter finds."""
    query = db.session.query(AccountingItem.name).filter(
        *ItemFilter(state=state, **narrowed).conditions()  # type: ignore[arg-type]
    )
    return {name for (name,) in query}


def test_a_hidden_item_leaves_the_list_until_it_is_shown_again() -> None:
    item = create_item(name="Mug")
    assert set_visibility(of_ids([item.id]), False) == 1
    assert (matching(), matching(ItemState.HIDDEN)) == (set(), {"Mug"})
    assert set_visibility(of_ids([item.id]), True) == 1
    assert matching() == {"Mug"}


def test_what_is_hidden_already_does_not_count() -> None:
    items = [create_item(visible=False), create_item()]
    assert set_visibility(of_ids([item.id for item in items] + [10**12]), False) == 1


def test_hiding_leaves_the_product_alone() -> None:
    item = create_item(name="Mug")
    import_items(of_ids([item.id]), ProductType.COMPONENT, None)
    set_visibility(of_ids([item.id]), False)
    assert matching(ItemState.IMPORTED) == {"Mug"}
    assert get_item(item.id).link is not None


def test_states_are_what_their_words_say() -> None:
    create_item(name="New")
    create_item(name="Gone", active=False)
    create_item(name="Out of sight", visible=False)
    linked = create_item(name="Known")
    import_items(of_ids([linked.id]), ProductType.COMPONENT, None)
    assert matching() == {"New", "Gone", "Known"}
    assert matching(ItemState.NOT_IMPORTED) == {"New"}
    assert matching(ItemState.IMPORTED) == {"Known"}
    assert matching(ItemState.HIDDEN) == {"Out of sight"}
    assert matching(ItemState.INACTIVE) == {"Gone"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("écr", {"Écrou M8×20 (zinc)"}),
        ("ZINC m8", {"Écrou M8×20 (zinc)"}),
        ("ab-12", {"Écrou M8×20 (zinc)"}),
        ("12/c", {"Écrou M8×20 (zinc)"}),
        ("harn", {"Écrou M8×20 (zinc)"}),
        ("zinc brass", set()),
        ("'); drop", set()),
        ("\x00:*&|!", set()),
        ("木", {"木のボルト"}),
    ],
)
def test_search_finds_beginnings_of_words_in_name_parent_and_sku(words: str, found: set[str]) -> None:
    create_item(name="Écrou M8×20 (zinc)", full_name="Harness:Écrou M8×20 (zinc)", sku="AB-12/C")
    create_item(name="Bolt")
    if "木のボルト" in found:
        create_item(name="木のボルト")
    assert matching(words=words) == found


def test_twenty_thousand_items_are_hidden_at_once() -> None:
    create_many_items(20_000)
    assert set_visibility(Selection(None, ItemFilter(words="part")), False) == 20_000
    assert matching() == set()
