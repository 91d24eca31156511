"""The start page, from the empty workspace to the first products."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.models import Connection, InventoryMode
from app.items.linking import link_item
from app.people.models import RolePermission
from tests.support.items import create_company, create_item, create_many_items
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in
from tests.support.products import create_product
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
