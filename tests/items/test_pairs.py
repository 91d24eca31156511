"""Link suggestions for all products at once, and linking them by the hundred."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.items.errors import ChosenTwice
from app.items.linking import link_item
from app.items.models import ItemLink
from app.items.pairs import PAIRS, link_pairs
from app.items.suggestions import suggestion_rows
from app.products.service import ProductFields, create_products
from tests.support.items import create_company, create_item, create_many_items
from tests.support.people import create_user
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")


def pairs() -> set[tuple[str, str, str, bool]]:
    """Product, item, reason and whether it is clear, of every pair."""
    return {
        (row.product_name, row.item_name, row.reason, row.clear)
        for row in db.session.execute(suggestion_rows())
    }


def linked() -> set[tuple[int, int]]:
    """Every link."""
    return {(link.product_id, link.accounting_item_id) for link in db.session.query(ItemLink)}


class TestPairs:
    """What is suggested."""

    def test_the_same_sku_or_else_the_same_name(self) -> None:
        create_product(sku="MUG", name="Mug")
        create_product(name="Bowl")
        create_product(name="Plate")
        create_item(sku=" mug ", name="Cup")
        create_item(sku="B-1", name=" BOWL")
        assert pairs() == {("Mug", "Cup", "sku", True), ("Bowl", " BOWL", "name", True)}

    def test_a_name_says_nothing_where_a_sku_decides(self) -> None:
        create_product(sku="MUG", name="Mug")
        create_item(sku="MUG", name="Old mug")
        create_item(sku="OTHER", name="Mug")
        assert pairs() == {("Mug", "Old mug", "sku", True)}

    def test_two_items_of_one_sku_are_not_clear(self) -> None:
        create_product(sku="MUG", name="Mug")
        create_item(sku="MUG", name="One")
        create_item(sku="mug", name="Two")
        assert pairs() == {("Mug", "One", "sku", False), ("Mug", "Two", "sku", False)}

    def test_two_products_of_one_name_are_not_clear(self) -> None:
        create_product(sku="A", name="Mug")
        create_product(sku="B", name="mug")
        create_item(name="Mug")
        assert pairs() == {("Mug", "Mug", "name", False), ("mug", "Mug", "name", False)}

    def test_an_item_in_each_of_two_companies_is_clear(self) -> None:
        create_product(sku="MUG", name="Mug")
        for name in ("First", "Second"):
            create_item(sku="MUG", name=name, connection_id=create_company(company_name=name).id)
        assert pairs() == {("Mug", "First", "sku", True), ("Mug", "Second", "sku", True)}

    def test_what_is_linked_hidden_inactive_or_of_a_former_company_is_not_there(self) -> None:
        former = create_company(
            state="disconnected", access_token=None, refresh_token=None, disconnected_at=db.func.now()
        )
        company = create_company().id
        product = create_product(sku="A")
        link_item(create_item(connection_id=company).id, product.id, None)
        create_item(sku="A", connection_id=company)
        create_product(sku="B", is_active=False)
        create_item(sku="B", connection_id=company)
        for sku, overrides in (("C", {"visible": False}), ("D", {"active": False})):
            create_product(sku=sku)
            create_item(sku=sku, connection_id=company, **overrides)
        create_product(sku="E")
        create_item(sku="E", connection_id=former.id)
        assert pairs() == set()

    def test_no_sku_and_no_name_are_the_same_as_nothing(self) -> None:
        create_product(name="Mug")
        create_item(sku=None, name="")
        create_item(sku=" ", name=" ")
        assert pairs() == set()


class TestLinking:
    """What is chosen is linked, once."""

    def test_chosen_pairs_are_linked_by_whoever_chose(self) -> None:
        user = create_user().id
        chosen = [(create_product(sku=sku).id, create_item(sku=sku).id) for sku in ("A", "B", "C")]
        result = link_pairs(chosen[:2], user)
        assert (sorted(result.items), result.left_out) == ([item for _, item in chosen[:2]], ())
        assert linked() == set(chosen[:2])
        assert {link.linked_by for link in db.session.query(ItemLink)} == {user}

    def test_what_no_longer_holds_is_left_out_by_name_and_the_rest_goes_on(self) -> None:
        good, raced = ((create_product(sku=sku, name=sku), create_item(sku=sku)) for sku in ("A", "B"))
        link_item(raced[1].id, create_product().id, None)
        result = link_pairs([(product.id, item.id) for product, item in (good, raced)], None)
        assert (result.items, result.left_out) == ((good[1].id,), ("B",))

    def test_forged_pairs_are_not_linked(self) -> None:
        product, item = create_product(sku="A", name="A"), create_item(sku="A")
        strangers = create_product(name="Other"), create_item()
        hidden = create_item(sku="A", visible=False)
        result = link_pairs(
            [(strangers[0].id, item.id), (product.id, hidden.id), (10**18, strangers[1].id)], None
        )
        assert result.items == ()
        assert result.left_out == ("A", "Other", "a product that is not there")
        assert linked() == set()

    def test_one_product_for_two_items_or_one_item_for_two_products_links_nothing(self) -> None:
        good = create_product(sku="A").id, create_item(sku="A").id
        product, items = create_product(sku="M", name="Mug"), [create_item(sku="M") for _ in range(2)]
        with pytest.raises(ChosenTwice, match="Mug is in two"):
            link_pairs([good, *((product.id, item.id) for item in items)], None)
        twins, item = [create_product(name="Twin") for _ in range(2)], create_item(name="Twin")
        with pytest.raises(ChosenTwice, match="Twin is in two"):
            link_pairs([good, *((twin.id, item.id) for twin in twins)], None)
        assert linked() == set()

    def test_one_product_may_get_an_item_of_each_company_at_once(self) -> None:
        product = create_product(sku="M").id
        items = [create_item(sku="M", connection_id=create_company(company_name=n).id).id for n in "AB"]
        assert len(link_pairs([(product, item) for item in items], None).items) == 2

    def test_a_pair_sent_twice_is_one_pair(self) -> None:
        pair = create_product(sku="A").id, create_item(sku="A").id
        assert link_pairs([pair, pair], None).items == (pair[1],)

    def test_a_hundred_take_as_many_statements_as_one(self, queries: list[str]) -> None:
        create_many_items(101)
        create_products([ProductFields(f"p-{number}", "Thing") for number in range(1, 102)])
        first, *others = [tuple(row) for row in db.session.execute(select(PAIRS.c[0], PAIRS.c[1])).all()]
        del queries[:]
        link_pairs([first], None)
        taken = len(queries)
        del queries[:]
        assert len(link_pairs(others, None).items) == 100
        assert len(queries) == taken <= 4
