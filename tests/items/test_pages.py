"""The pages of accounting items, as a person uses them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.items.linking import get_item, link_item
from app.items.models import AccountingItem
from tests.support.items import add_item, create_company, create_item, create_many_items
from tests.support.pages import Visitor
from tests.support.products import create_product
from tests.support.visiting import signed_in


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    """The Owner, signed in."""
    return signed_in(app, client, "owner")


def imported(app: Flask, **overrides: Any) -> int:
    """The id of an item that a product is linked to."""
    with app.app_context():
        item = create_item(**overrides)
        link_item(item.id, create_product(name=f"Product of {item.name}").id, None)
        return item.id


def visible(app: Flask, item_id: int) -> bool:
    """Whether the item is visible now."""
    with app.app_context():
        return get_item(item_id).visible


class TestEmptyList:
    """The list says what to do next (ERR-3, ERR-4)."""

    def test_without_a_connection_it_leads_to_the_integrations(self, visitor: Visitor) -> None:
        page = visitor.get("/items")
        assert "No accounting system is connected." in page.main
        assert page.link("Connect an accounting system") == "/settings/integrations"

    def test_before_the_first_sync_it_offers_one(self, app: Flask, visitor: Visitor) -> None:
        with app.app_context():
            company = create_company().id
        page = visitor.get("/items")
        assert "Alder & Finch: nothing synced yet." in page.main
        assert page.document.one("form", action=f"/items/sync/{company}").text == "Sync items"

    def test_after_a_sync_without_items_it_points_at_the_item_types(
        self, app: Flask, visitor: Visitor
    ) -> None:
        with app.app_context():
            create_company(last_synced_at=utcnow())
        assert visitor.get("/items").link("Choose item types") == "/settings/integrations"

    def test_when_everything_is_hidden_it_says_so(self, app: Flask, visitor: Visitor) -> None:
        add_item(app, visible=False, name="Mug")
        page = visitor.get("/items")
        assert "Every item is hidden." in page.main
        assert "Mug" in visitor.follow(page, "See them").main

    def test_a_filter_that_finds_nothing_can_be_cleared(self, app: Flask, visitor: Visitor) -> None:
        add_item(app, name="Mug")
        page = visitor.get("/items?q=nothing&type=service")
        assert "Nothing matches." in page.main
        assert "Mug" in visitor.follow(page, "show everything").main

    def test_somebody_who_may_not_connect_gets_no_button(self, app: Flask, client: FlaskClient) -> None:
        page = signed_in(app, client, "builder").get("/items")
        assert "Connect an accounting system" not in page.main


class TestList:
    """What a row shows, and how the list is narrowed."""

    def test_a_row_shows_names_prices_and_where_the_item_stands(self, app: Flask, visitor: Visitor) -> None:
        add_item(
            app,
            name="Oak board",
            full_name="Wood:Oak board",
            unit_price=Decimal("12.5"),
            purchase_cost=Decimal("0.012345"),
            quantity_on_hand=Decimal("1200.5"),
        )
        row = visitor.get("/items").document.all("tbody")[0].text
        assert "Oak board Wood ITEM-" in row
        assert row.endswith("Inventory 12.50 0.012345 1,200.5 not imported")

    def test_an_imported_item_leads_to_its_product(self, app: Flask, visitor: Visitor) -> None:
        imported(app, name="Mug")
        page = visitor.get("/items?state=imported")
        assert visitor.follow(page, "Product of Mug").heading == "Product of Mug"

    def test_filters_narrow_by_type_state_and_company(self, app: Flask, visitor: Visitor) -> None:
        add_item(app, name="Mug")
        add_item(app, name="Repair", item_type="service")
        add_item(app, name="Old mug", active=False)
        with app.app_context():
            second = create_company(company_name="Second").id
            create_item(name="Elsewhere", connection_id=second)
        assert "Repair" in visitor.get("/items?type=service").main
        assert "Mug" not in visitor.get("/items?type=service").main
        assert "Old mug" in visitor.get("/items?state=inactive").main
        assert "Old mug" not in visitor.get("/items?state=not_imported").main
        assert "Elsewhere" in visitor.get(f"/items?connection={second}").main
        assert "Repair" not in visitor.get(f"/items?connection={second}").main

    @pytest.mark.parametrize(
        "query",
        [
            "type=gadget",
            "state=x",
            "connection=99999999999999999999",
            "connection=abc",
            "sort=raw",
            "after=forged",
        ],
    )
    def test_what_is_not_offered_means_nothing(self, app: Flask, visitor: Visitor, query: str) -> None:
        add_item(app, name="Mug")
        assert "Mug" in visitor.get(f"/items?{query}").main

    def test_the_file_has_the_states_as_words(self, app: Flask, visitor: Visitor) -> None:
        imported(app, name="Mug", sku="M", active=True, visible=False, unit_price=Decimal("2.50"))
        text = visitor.client.get("/items?format=csv&state=hidden").text
        assert text.splitlines()[1] == 'Mug,M,Inventory,2.5,,,"imported, hidden",Product of Mug'

    def test_items_are_sorted_by_sku_with_those_without_one_last(self, app: Flask, visitor: Visitor) -> None:
        for name, sku in (("One", "b"), ("Two", None), ("Three", "A")):
            add_item(app, name=name, sku=sku)
        names = [head.text for head in visitor.get("/items?sort=sku").document.all("th", scope="row")]
        assert names == ["Three", "One", "Two"]


class TestHiding:
    """One item, or a selection."""

    def test_ticked_items_are_hidden(self, app: Flask, visitor: Visitor) -> None:
        mug, cup = add_item(app, name="Mug"), add_item(app, name="Cup")
        page = visitor.submit(visitor.get("/items"), "Hide", item=[str(mug)])
        assert page.notices == ["1 item is hidden. The filter “Hidden” finds them again."]
        assert (visible(app, mug), visible(app, cup)) == (False, True)

    def test_all_that_match_are_hidden_and_the_filter_stays(self, app: Flask, visitor: Visitor) -> None:
        oak = [add_item(app, name=f"Oak {number}") for number in range(3)]
        pine = add_item(app, name="Pine")
        page = visitor.submit(visitor.get("/items?q=oak&type=inventory"), "Hide", all="1")
        assert "3 items are hidden" in page.notices[0]
        assert page.response.request.query_string == b"q=oak&type=inventory"
        assert [visible(app, item) for item in [*oak, pine]] == [False, False, False, True]

    def test_hidden_items_are_shown_again(self, app: Flask, visitor: Visitor) -> None:
        mug = add_item(app, name="Mug", visible=False)
        visitor.submit(visitor.get("/items?state=hidden"), "Show", item=[str(mug)])
        assert visible(app, mug)

    def test_pressing_a_button_with_nothing_ticked_says_so(self, app: Flask, visitor: Visitor) -> None:
        add_item(app)
        for button in ("Hide", "Import"):
            page = visitor.submit(visitor.get("/items"), button)
            assert "Tick the items you mean first" in page.notices[0]

    def test_one_item_is_hidden_and_shown_from_its_page(self, app: Flask, visitor: Visitor) -> None:
        mug = add_item(app, name="Mug")
        page = visitor.submit(visitor.get(f"/items/{mug}"), "Hide")
        assert not visible(app, mug)
        visitor.submit(page, "Show")
        assert visible(app, mug)

    @pytest.mark.parametrize("forged", ["0", "-1", "abc", "١٢", "9" * 30, "9" * 5000, "\x00", "1; drop"])
    def test_forged_ids_hide_nothing(self, app: Flask, visitor: Visitor, forged: str) -> None:
        mug = add_item(app)
        visitor.submit(visitor.get("/items"), "Hide", item=[forged])
        assert visible(app, mug)

    def test_an_unknown_action_changes_nothing(self, app: Flask, visitor: Visitor) -> None:
        mug = add_item(app)
        page = visitor.get("/items")
        token = page.document.one("meta", name="csrf-token")["content"]
        answer = visitor.client.post(
            "/items/selection", data={"item": mug, "action": "erase", "csrf_token": token}
        )
        assert answer.status_code == 400
        assert visible(app, mug)


class TestItemPage:
    """One item."""

    def test_it_shows_what_the_books_say(self, app: Flask, visitor: Visitor) -> None:
        item = add_item(
            app,
            name="Mug",
            income_account_id="79",
            document='{"Id": "5", "UnitPrice": 1}',
            unit_price=Decimal("1.234567"),
        )
        page = visitor.get(f"/items/{item}")
        for shown in ("Inventory of Alder & Finch", "79", "1.234567 USD", '"UnitPrice": 1'):
            assert shown in page.main

    def test_the_numbers_of_its_document_keep_every_digit(self, app: Flask, visitor: Visitor) -> None:
        item = add_item(app, document='{"UnitPrice": 0.12345678901234567890}')
        assert "0.12345678901234567890" in visitor.get(f"/items/{item}").main

    def test_an_item_that_was_not_listed_has_no_document(self, app: Flask, visitor: Visitor) -> None:
        add_item(app, document='{"UnitPrice": 0.5}')
        page = visitor.get(f"/items/{add_item(app)}")
        assert "did not find this item" in page.main and "0.5" not in page.main

    def test_an_inactive_item_with_a_product_is_warned_about(self, app: Flask, visitor: Visitor) -> None:
        item = imported(app, name="Mug")
        with app.app_context(), transaction() as session:
            session.get_one(AccountingItem, item).active = False
        assert "Inactive in the books" in visitor.get(f"/items/{item}").main

    def test_items_that_are_not_there_are_not_found(self, visitor: Visitor) -> None:
        for path in ("/items/7", "/items/99999999999999999999", "/items/7/link"):
            visitor.get(path, status=404)


class TestPermissions:
    """A Builder looks, and changes nothing."""

    def test_a_builder_sees_items_but_no_buttons(self, app: Flask, client: FlaskClient) -> None:
        visitor = signed_in(app, client, "builder")
        item = add_item(app, name="Mug")
        page = visitor.get("/items")
        assert [button.text for button in page.document.one("main").all("button")] == ["Filter"]
        assert not page.document.all("input", type="checkbox")
        visitor.get(f"/items/import?item={item}", status=403)
        visitor.get(f"/items/{item}/link", status=403)

    @pytest.mark.parametrize(
        "path", ["/items/selection", "/items/import", "/items/1/hide", "/items/1/link", "/items/1/unlink"]
    )
    def test_a_builder_s_forged_form_changes_nothing(
        self, app: Flask, client: FlaskClient, path: str
    ) -> None:
        visitor = signed_in(app, client, "builder")
        item = add_item(app)
        token = visitor.get("/items").document.one("meta", name="csrf-token")["content"]
        form = {"item": item, "action": "hide", "csrf_token": token, "product_type": "component"}
        assert client.post(path, data=form).status_code == 403
        assert visible(app, item)


def test_pages_of_twenty_thousand_items_take_ten_queries_at_most(
    app: Flask, visitor: Visitor, queries: list[str]
) -> None:
    with app.app_context():
        create_many_items(20_000)
    for path in ("/items", "/items?q=part+1", "/items?state=not_imported&type=inventory&sort=-sku"):
        queries.clear()
        page = visitor.get(path)
        assert "More than 1,000 items" in page.main
        assert len(queries) <= 10, queries
