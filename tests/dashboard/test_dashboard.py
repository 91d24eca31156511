"""The start page, from the empty workspace to the first products."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.extensions import db
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


def test_the_first_step_is_to_connect(arrive: Arrive) -> None:
    visitor = arrive()
    assert states(visitor) == ["Next", "Later", "Later"]
    assert visitor.get("/").link("Connect") == "/settings/integrations"


def test_each_step_follows_the_one_before(app: Flask, arrive: Arrive) -> None:
    visitor = arrive()
    with app.app_context():
        create_company()
    assert states(visitor) == ["Done", "Next", "Later"]
    with app.app_context():
        create_item()
    assert states(visitor) == ["Done", "Done", "Next"]
    assert visitor.get("/").link("Import").startswith("/items")


def test_a_step_that_somebody_else_takes_has_no_button(arrive: Arrive) -> None:
    visitor = arrive("builder")
    assert states(visitor) == ["Next", "Later", "Later"]
    assert not [link for link in visitor.get("/").document.all("a") if link.text == "Connect"]


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
