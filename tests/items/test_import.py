"""Items become products (IMP-2…8, OQ-11…14)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from app.extensions import db
from app.items.errors import SelectionChanged, UnresolvedClashes
from app.items.importing import ImportResult, import_items, preview_import
from app.items.linking import link_item, links_of
from app.items.models import AccountingItem, ItemLink
from app.items.plan import Decision, Verdict
from app.items.selection import ItemFilter, Selection, of_ids
from app.products.models import Product, ProductType
from tests.support.items import create_company, create_item, create_many_items
from tests.support.people import create_user
from tests.support.products import create_product

pytestmark = pytest.mark.usefixtures("context")


def take(
    *items: AccountingItem, decisions: Mapping[int, Decision] | None = None, expected: int | None = None
) -> ImportResult:
    """Imports the items as raw materials."""
    selection = of_ids([item.id for item in items])
    return import_items(selection, ProductType.RAW_MATERIAL, None, decisions, expected)


def products() -> dict[str, str]:
    """The names in the catalogue by SKU."""
    return {product.sku: product.name for product in db.session.query(Product)}


def reasons(result: ImportResult) -> list[str]:
    """Why items were refused."""
    return [refusal.reason for refusal in result.refused]


class TestPlainItems:
    """Nothing stands in the way."""

    def test_an_item_becomes_a_product_that_is_linked_to_it(self) -> None:
        user = create_user()
        item = create_item(name="Oak board", sku="OAK-25")
        result = import_items(of_ids([item.id]), ProductType.COMPONENT, user.id)
        product = db.session.query(Product).one()
        link = links_of(product.id)[0]
        assert (result.imported, result.linked, result.refused) == (1, 0, ())
        assert (product.sku, product.name, product.product_type) == ("OAK-25", "Oak board", "component")
        assert (link.accounting_item.external_id, link.linked_by) == (item.external_id, user.id)

    def test_an_item_without_sku_gets_one_from_its_id(self) -> None:
        take(
            create_item(name="Nut", sku=None, external_id="77"),
            create_item(name="Bolt", sku="  ", external_id="78"),
        )
        assert products() == {"QBO-77": "Nut", "QBO-78": "Bolt"}

    def test_a_derived_sku_gives_way_to_one_that_exists_or_comes_along(self) -> None:
        create_product(sku="qbo-77", name="By hand")
        other = create_item(name="Real", sku="QBO-77-2")
        take(create_item(name="Nut", sku="", external_id="77"), other)
        assert products() == {"qbo-77": "By hand", "QBO-77-2": "Real", "QBO-77-3": "Nut"}

    def test_items_of_two_companies_with_the_same_id_get_skus_of_their_own(self) -> None:
        companies = [create_company(), create_company(company_name="Second")]
        items = [create_item(sku=None, external_id="5", connection_id=company.id) for company in companies]
        take(*items)
        assert set(products()) == {"QBO-5", "QBO-5-2"}

    def test_an_item_that_is_a_product_already_is_skipped(self) -> None:
        item = create_item()
        take(item)
        again = take(item)
        assert (again.imported, again.skipped, again.refused) == (0, 1, ())
        assert len(products()) == 1

    def test_ids_that_no_item_has_are_passed_over(self) -> None:
        result = import_items(of_ids([10**12]), ProductType.COMPONENT, None)
        assert (result.imported, result.skipped, result.refused) == (0, 0, ())

    def test_a_filter_imports_all_that_match_and_nothing_else(self) -> None:
        create_item(name="Oak board")
        create_item(name="Oak panel", item_type="service")
        create_item(name="Pine board")
        import_items(Selection(None, ItemFilter(words="oak")), ProductType.RAW_MATERIAL, None)
        assert set(products().values()) == {"Oak board", "Oak panel"}


class TestRefusals:
    """What is refused has a reason, and the others go on."""

    def test_inactive_hidden_nameless_and_overlong_items_are_refused(self) -> None:
        good = create_item(name="Good")
        bad = [
            create_item(active=False),
            create_item(visible=False),
            create_item(name=" "),
            create_item(name="x" * 251),
        ]
        result = take(good, *bad)
        assert result.imported == 1
        assert sorted(reasons(result)) == [
            "It has no name.",
            "It is hidden. Show it first, then import it.",
            "It is inactive in the books.",
            "Its name is longer than 250 characters.",
        ]

    def test_the_sku_of_a_linked_product_is_refused(self) -> None:
        take(create_item(name="Old mug", sku="MUG"))
        result = take(create_item(name="New mug", sku="mug"), create_item(name="Cup", sku="CUP"))
        assert (result.imported, reasons(result)) == (
            1,
            ["The product “Old mug” has this SKU and another item."],
        )

    def test_of_two_selected_items_with_one_sku_the_first_wins(self) -> None:
        result = take(create_item(name="Mug", sku="MUG"), create_item(name="Mug, old", sku="Mug"))
        assert products() == {"MUG": "Mug"}
        assert reasons(result) == ["“Mug”, also selected, has the same SKU."]

    def test_a_sku_that_is_too_long_is_refused(self) -> None:
        assert reasons(take(create_item(sku="x" * 101))) == ["Its SKU is longer than 100 characters."]


class TestClashes:
    """An item whose SKU is that of a product without item is offered as a link to it (OQ-13)."""

    def test_without_decisions_it_is_linked(self) -> None:
        product = create_product(sku="MUG", name="By hand")
        result = take(create_item(name="Mug", sku="mug"))
        assert (result.imported, result.linked) == (0, 1)
        assert [link.accounting_item.name for link in links_of(product.id)] == ["Mug"]
        assert products() == {"MUG": "By hand"}

    def test_a_product_linked_in_one_company_is_offered_to_the_other(self) -> None:
        product = create_product(sku="MUG")
        companies = [create_company(), create_company(company_name="Second")]
        assert take(*(create_item(sku="MUG", connection_id=company.id) for company in companies)).linked == 2
        assert len(links_of(product.id)) == 2

    def test_two_items_of_one_company_cannot_both_be_linked_to_it(self) -> None:
        product = create_product(sku="MUG")
        result = take(create_item(name="Mug", sku="MUG"), create_item(name="Mug 2", sku="MUG"))
        assert (result.linked, reasons(result)) == (1, ["“Mug”, also selected, has the same SKU."])
        assert len(links_of(product.id)) == 1

    def test_the_preview_names_the_product_and_writes_nothing(self) -> None:
        product = create_product(sku="MUG")
        item = create_item(sku="MUG")
        preview = preview_import(of_ids([item.id, create_item(name="A").id]))
        assert (preview.counts[Verdict.OFFER], preview.counts[Verdict.CREATE], preview.importable) == (
            1,
            1,
            2,
        )
        assert (preview.rows[0].product_id, preview.rows[0].verdict) == (product.id, "offer")
        assert db.session.query(ItemLink).count() == 0

    def test_a_person_can_link_leave_out_or_give_another_sku(self) -> None:
        linked, left, renamed = (create_product(sku=sku) for sku in ("A", "B", "C"))
        items = [create_item(sku=sku) for sku in ("A", "B", "C")]
        decisions = {
            items[0].id: Decision(link_to=linked.id),
            items[1].id: Decision(),
            items[2].id: Decision(sku="C-2"),
        }
        result = take(*items, decisions=decisions)
        assert (result.imported, result.linked, result.left_out, result.refused) == (1, 1, 1, ())
        assert [len(links_of(product.id)) for product in (linked, left, renamed)] == [1, 0, 0]
        assert "C-2" in products()

    def test_a_clash_that_nobody_decided_is_refused(self) -> None:
        create_product(sku="A", name="By hand")
        result = take(create_item(sku="A"), decisions={})
        assert reasons(result) == ["The product “By hand” has this SKU and no item."]

    def test_a_link_goes_to_no_other_product_than_the_one_shown(self) -> None:
        create_product(sku="A")
        item, stranger = create_item(sku="A"), create_product(sku="Z")
        result = take(item, decisions={item.id: Decision(link_to=stranger.id)})
        assert (result.linked, len(result.refused)) == (0, 1)

    def test_a_typed_sku_that_is_taken_too_stops_everything(self) -> None:
        create_product(sku="A", name="First")
        create_product(sku="B", name="Second")
        item, good = create_item(sku="A"), create_item(name="Good")
        with pytest.raises(UnresolvedClashes) as caught:
            take(item, good, decisions={item.id: Decision(sku="b")})
        assert caught.value.sentences == {item.id: "The product “Second” has this SKU and no item."}
        assert db.session.query(ItemLink).count() == 0

    def test_a_selection_that_has_grown_since_it_was_shown_is_shown_again(self) -> None:
        create_item(name="Oak board")
        everything = Selection(None)
        shown = preview_import(everything).importable
        create_item(name="Oak panel")
        with pytest.raises(SelectionChanged, match="1 would have become products, now it is 2"):
            import_items(everything, ProductType.COMPONENT, None, {}, expected=shown)
        assert products() == {}


def test_twenty_thousand_items_take_the_same_few_statements_as_two(context: object) -> None:
    create_many_items(20_000)
    create_product(sku="P-7")
    result = import_items(Selection(None), ProductType.RAW_MATERIAL, None)
    assert (result.imported, result.linked, result.refused) == (19_999, 1, ())
    linked = db.session.scalar(
        text(
            "SELECT count(*) FROM item_links l JOIN products p ON p.id = l.product_id"
            " JOIN accounting_items i ON i.id = l.accounting_item_id"
            " WHERE p.sku = i.sku AND i.connection_id = l.connection_id"
        )
    )
    assert linked == 20_000


def test_a_linked_item_keeps_its_product_when_it_is_imported_again() -> None:
    item, product = create_item(sku="A"), create_product(sku="B")
    link_item(item.id, product.id, None)
    assert take(item).skipped == 1
    assert products() == {"B": product.name}
