"""`items import`, as a script uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.extensions import db
from app.products.models import Product
from tests.support.items import create_company, create_item
from tests.support.products import create_product


def run(app: Flask, *arguments: str) -> Result:
    """The command's outcome."""
    return app.test_cli_runner().invoke(args=["items", "import", *arguments])


def facts(result: Result) -> dict[str, Any]:
    """The one JSON object that it printed."""
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def add(app: Flask, **overrides: Any) -> str:
    """An item's id in the books."""
    with app.app_context():
        return create_item(**overrides).external_id


def test_all_visible_takes_what_is_active_visible_and_not_imported(app: Flask) -> None:
    add(app, name="Mug")
    add(app, name="Hidden", visible=False)
    add(app, name="Inactive", active=False)
    result = run(app, "--all-visible", "--type", "component", "--json")
    assert (result.exit_code, facts(result)) == (
        0,
        {"imported": 1, "linked": 0, "skipped": 0, "refused": []},
    )
    again = run(app, "--all-visible", "--type", "component", "--json")
    assert (again.exit_code, facts(again)["imported"]) == (0, 0)
    with app.app_context():
        assert db.session.query(Product.product_type).all() == [("component",)]


def test_an_item_with_the_sku_of_a_product_is_linked_and_others_are_refused_with_reasons(app: Flask) -> None:
    with app.app_context():
        create_product(sku="MUG")
    first, second = add(app, sku="MUG", name="Mug"), add(app, sku="MUG", name="Mug 2")
    result = run(app, "--external-id", first, "--external-id", second, "--type", "component", "--json")
    assert (result.exit_code, facts(result)["linked"]) == (0, 1)
    assert facts(result)["refused"] == [
        {"external_id": second, "name": "Mug 2", "reason": "“Mug”, also selected, has the same SKU."}
    ]


def test_an_unknown_id_is_refused_and_fails_when_nothing_else_was_asked(app: Flask) -> None:
    with app.app_context():
        create_company()
    result = run(app, "--external-id", "nope", "--type", "component", "--json")
    assert result.exit_code == 1
    assert facts(result)["refused"][0]["reason"] == "There is no item with this id."


def test_only_items_of_the_connection_are_taken(app: Flask) -> None:
    with app.app_context():
        first, second = create_company().id, create_company(company_name="Second").id
    add(app, external_id="5", name="Ours", connection_id=first)
    add(app, external_id="5", name="Theirs", connection_id=second)
    run(app, "--external-id", "5", "--type", "component", "--connection", str(second))
    with app.app_context():
        assert db.session.query(Product.name).all() == [("Theirs",)]


def test_people_read_sentences(app: Flask) -> None:
    add(app, name="Mug", active=False, external_id="7")
    result = run(app, "--external-id", "7", "--type", "component")
    assert result.exit_code == 1
    assert "7 Mug: It is inactive in the books." in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--type", "component"],
        ["--all-visible"],
        ["--all-visible", "--external-id", "1", "--type", "component"],
        ["--all-visible", "--type", "gadget"],
    ],
)
def test_wrong_usage_ends_with_2(app: Flask, arguments: list[str]) -> None:
    assert run(app, *arguments).exit_code == 2


def test_a_connection_that_is_not_there_is_an_error(app: Flask) -> None:
    result = run(app, "--all-visible", "--type", "component", "--connection", "9", "--json")
    assert (result.exit_code, facts(result)) == (1, {"error": "There is no such connection."})


def test_several_ids_may_follow_one_option(app: Flask) -> None:
    ids = [add(app, name="Mug"), add(app, name="Bowl")]
    result = run(app, "--type", "component", "--json", "--external-id", *ids)
    assert facts(result)["imported"] == 2
    assert run(app, "--all-visible", "--type", "component", *ids).exit_code == 2
