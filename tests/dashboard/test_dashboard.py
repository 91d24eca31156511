"""The start page, from the empty workspace to the first products."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from app.boms.service import active_bom
from app.builds.service import move
from app.builds.values import Direction
from app.dashboard.figures import MOST, told
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.models import Connection, InventoryMode
from app.items.linking import link_item, unlink_item
from app.people.models import RolePermission
from app.workspace.features import Feature
from tests.support.builds import Shop, create_shop, in_review, planned, switch_off, switch_on
from tests.support.items import create_company, create_item, create_many_items
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.products import create_product
from tests.support.statements import statements
from tests.support.workspace import create_workspace

Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(app: Flask) -> Arrive:
    """A person in a role at a browser, in a workspace that is set up."""

    def visitor(role: str = "owner") -> Visitor:
        client = app.test_client()
        with app.app_context():
            create_workspace()
            sign_in(client, create_user(role))
        return Visitor(client)

    return visitor


@pytest.fixture
def person(app: Flask) -> Arrive:
    """A further person in a workspace that is there already."""

    def visitor(role: str = "admin") -> Visitor:
        client = app.test_client()
        with app.app_context():
            sign_in(client, create_user(role))
        return Visitor(client)

    return visitor


def table(visitor: Visitor, caption: str) -> list[list[str]]:
    """The cells of the table with that caption, row by row."""
    tables = visitor.get("/").document.all("table")
    found = next(each for each in tables if each.one("caption").text == caption)
    rows = found.one("tbody").all("tr")
    return [[row.one("th").text, *(cell.text for cell in row.all("td"))] for row in rows]


def states(visitor: Visitor) -> list[str]:
    """The badge of each step."""
    return [
        step.all("span")[1].text for step in visitor.get("/").document.one("ol", class_="steps").all("li")
    ]


def buttons(visitor: Visitor) -> list[str]:
    """What this person may do next, as the checklist offers it."""
    steps = visitor.get("/").document.one("ol", class_="steps")
    return [link.text for link in steps.all("a")]


def choose_mode(company_id: int, mode: InventoryMode) -> None:
    with transaction() as session:
        session.get_one(Connection, company_id).inventory_mode = mode


def test_the_first_step_is_to_connect(arrive: Arrive) -> None:
    visitor = arrive()
    assert states(visitor) == ["Next", "Later", "Later", "Later"]
    assert visitor.get("/").link("Connect") == "/settings/integrations"


def test_each_step_follows_the_one_before(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        company_id = create_company().id
    assert states(visitor) == ["Done", "Next", "Later", "Later"]
    assert visitor.get("/").link("Choose") == f"/settings/integrations/{company_id}/inventory"
    with app.app_context():
        choose_mode(company_id, InventoryMode.SYNC)
    assert states(visitor) == ["Done", "Done", "Next", "Later"]
    assert visitor.get("/").link("Sync items") == "/settings/integrations"
    with app.app_context():
        item_id = create_item().id
    assert states(visitor) == ["Done", "Done", "Done", "Next"]
    assert visitor.get("/").link("Import").startswith("/items")
    with app.app_context():
        link_item(item_id, create_product().id, None)
    assert not visitor.get("/").document.all("ol")


def test_a_choice_that_was_put_off_holds_nothing_up_and_stays_on_the_list(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        company_id = create_company().id
    assert visitor.get("/").link("Sync items") == "/settings/integrations"
    with app.app_context():
        item_id = create_item().id
    assert states(visitor) == ["Done", "Next", "Done", "Later"]
    assert visitor.get("/").link("Import").startswith("/items")
    with app.app_context():
        link_item(item_id, create_product().id, None)
    assert states(visitor) == ["Done", "Next", "Done", "Done"]
    with app.app_context():
        choose_mode(company_id, InventoryMode.LOTLEDGER_ONLY)
    assert not visitor.get("/").document.all("ol")


def test_where_lotledger_leads_products_by_hand_are_products_too(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company(inventory_mode=InventoryMode.LOTLEDGER_ONLY)
        create_product()
    assert states(visitor) == ["Done", "Done", "Next", "Done"]
    with app.app_context():
        create_item()
    assert not visitor.get("/").document.all("ol")


def test_where_the_books_lead_products_must_come_from_them(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company(inventory_mode=InventoryMode.SYNC)
        create_item()
        create_product()
    assert states(visitor) == ["Done", "Done", "Done", "Next"]


def test_what_was_done_once_is_not_asked_for_again(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company(inventory_mode=InventoryMode.SYNC)
        item_id = create_item().id
        link_item(item_id, create_product().id, None)
    assert not visitor.get("/").document.all("ol")
    with app.app_context():
        unlink_item(item_id)
    assert not visitor.get("/").document.all("ol")
    with app.app_context():
        create_company()
    assert states(visitor) == ["Done", "Next", "Done", "Done"]


def test_a_second_company_brings_the_choice_back(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company(inventory_mode=InventoryMode.SYNC)
        second = create_company().id
    assert visitor.get("/").link("Choose") == f"/settings/integrations/{second}/inventory"


def test_each_company_tells_where_its_quantities_live(app: Flask, arrive: Arrive) -> None:
    visitor = arrive("builder")
    with app.app_context():
        create_company(company_name="Alder", inventory_mode=InventoryMode.SYNC)
        create_company(company_name="Pottery")
    rows = [row.text for row in visitor.get("/").document.all("tbody")[0].all("th")]
    assert rows == ["Alder Inventory: Sync", "Pottery Inventory: Not chosen yet"]


def test_a_disconnected_company_has_nothing_left_to_choose(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company(state="disconnected", access_token=None, refresh_token=None, disconnected_at=utcnow())
    assert states(visitor) == ["Next", "Later", "Later", "Later"]


def test_a_step_that_somebody_else_takes_has_no_button(app: Flask, arrive: Arrive) -> None:
    visitor = arrive("builder")
    assert states(visitor) == ["Next", "Later", "Later", "Later"]
    assert not buttons(visitor)
    with app.app_context():
        create_company()
        create_item()
    assert states(visitor) == ["Done", "Next", "Done", "Later"]
    assert not buttons(visitor)


def test_the_figures_lead_to_what_they_count(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_many_items(1234)
        create_item(visible=False, external_id="hidden")
        create_product()
    page = visitor.get("/")
    assert [figure.text for figure in page.document.one("dl").all("dd")] == ["1", "1,235", "1,234"]
    assert visitor.get(page.link("1,234")).heading == "Items"


def test_who_may_not_see_it_starts_elsewhere(app: Flask, arrive: Arrive) -> None:
    visitor = arrive("builder")
    with app.app_context():
        db.session.add(RolePermission(role="builder", permission="view_dashboard", granted=False))
        db.session.commit()
    assert visitor.get("/").heading == "Products"


def section(visitor: Visitor, name: str) -> str:
    """What one part of the page says; "" without that part."""
    found = [each.text for each in visitor.get("/").document.all("section") if name in each.text]
    return found[0] if found else ""


def bom_of(shop: Shop) -> int:
    """The version by which the shop's box is built."""
    found = active_bom(shop.product_id)
    assert found is not None
    return found.id


class TestWaiting:
    """What waits for somebody: builds, and products that run low."""

    @pytest.fixture
    def shop(self, app: Flask, arrive: Arrive) -> Shop:
        arrive()
        with app.app_context():
            return create_shop()

    def test_an_empty_workspace_says_nothing_of_it(self, arrive: Arrive) -> None:
        visitor = arrive()
        assert not section(visitor, "Builds waiting")
        assert not section(visitor, "Running low")

    def test_where_nothing_waits_it_says_how_something_would(self, shop: Shop, person: Arrive) -> None:
        assert "Nothing is planned." in section(person(), "Builds waiting")
        assert "Nothing runs low." in section(person(), "Running low")

    def test_the_next_builds_stand_in_the_queues_order(self, app: Flask, shop: Shop, person: Arrive) -> None:
        with app.app_context():
            numbers = [planned(bom_of(shop), number).number for number in range(1, 8)]
            planned(bom_of(shop), 9, target_date=date(2020, 1, 1))
            move(8, Direction.TOP, None)
        visitor = person()
        rows = table(visitor, "Planned builds, the most urgent first")
        assert [row[0].split()[-1] for row in rows] == ["B-000008", *numbers[:4]]
        assert rows[0][2].endswith("overdue")
        assert visitor.get(visitor.get("/").link("The queue of all 8")).heading == "Build queue"

    def test_builds_in_review_are_told(self, app: Flask, shop: Shop, person: Arrive) -> None:
        with app.app_context():
            switch_on(Feature.QA_REVIEW)
        assert "None in QA review." in section(person(), "Builds waiting")
        with app.app_context():
            in_review(bom_of(shop))
        visitor = person()
        assert visitor.get(visitor.get("/").link("1 in QA review")).heading == "Builds"
        with app.app_context():
            switch_off(Feature.QA_REVIEW)
        assert "1 in QA review" in section(visitor, "Builds waiting")

    def test_the_first_products_that_run_low(self, app: Flask, shop: Shop, person: Arrive) -> None:
        with app.app_context():
            for name in ("F", "b", "D", "c", "E", "a"):
                create_product(name=name, reorder_point=Decimal(0))
            create_product(name="set aside", reorder_point=Decimal(0), is_active=False)
            create_product(name="unwatched")
        visitor = person()
        rows = table(visitor, "Products at or below their reorder point")
        assert [row[0].split()[0] for row in rows] == ["a", "b", "c", "D", "E"]
        listed = visitor.get(visitor.get("/").link("6 products low on stock"))
        assert len(listed.document.one("tbody").all("tr")) == 6

    def test_a_builder_sees_both(self, app: Flask, shop: Shop, person: Arrive) -> None:
        assert section(person("builder"), "Builds waiting")
        assert section(person("builder"), "Running low")

    @pytest.mark.parametrize(
        ("denied", "hidden"),
        [
            (("view_inventory",), ("Running low",)),
            (
                ("view_inventory", "plan_builds", "execute_builds", "approve_builds"),
                ("Running low", "Builds waiting"),
            ),
        ],
    )
    def test_who_may_not_see_products_or_builds_is_not_told(
        self, app: Flask, shop: Shop, person: Arrive, denied: tuple[str, ...], hidden: tuple[str, ...]
    ) -> None:
        with app.app_context():
            for permission in denied:
                db.session.add(RolePermission(role="builder", permission=permission, granted=False))
            db.session.commit()
        visitor = person("builder")
        found = [name for name in ("Running low", "Builds waiting") if not section(visitor, name)]
        assert tuple(found) == hidden


def test_figures_beyond_a_glance_are_not_counted_out() -> None:
    assert (told(0), told(1234), told(MOST), told(MOST + 1)) == ("0", "1,234", "10,000", "10,000+")


def test_it_takes_few_statements(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        shop = create_shop()
        planned(shop.bom.id)
        create_product(name="Low", reorder_point=Decimal(0))
    with statements(app) as seen:
        visitor.get("/")
    assert len(seen) <= 10, "\n".join(seen)
