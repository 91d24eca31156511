"""What can be set on a connection, and by whom."""

from __future__ import annotations

import re

import pytest

from app.foundation.transaction import transaction
from app.people.models import RolePermission
from tests.support.integrations import (
    CONNECT,
    INTEGRATIONS,
    Visitor,
    audited,
    create_connection,
    stored,
)

TYPES = f"{INTEGRATIONS}/1/item-types"
CHANGES = [
    CONNECT,
    f"{INTEGRATIONS}/1/disconnect",
    TYPES,
    "/integrations/attempts/1",
]


def test_the_default_item_types_are_ticked(owner):
    owner.connect()
    page = owner.page()
    for value, ticked in [("inventory", True), ("non_inventory", False), ("service", True), ("group", False)]:
        assert (f'id="type-1-{value}" checked' in page) is ticked


def test_item_types_are_saved_in_the_providers_order_and_audited(owner, sandbox):
    create_connection(owner.app, sandbox)
    owner.post(TYPES, item_types=["service", "non_inventory"])
    assert stored(owner.app).item_types == ["non_inventory", "service"]
    assert audited(owner.app) == [("connection.item_types", "QuickBooks Online: Alder & Finch Woodworks")]


def test_saving_the_same_types_is_no_change(owner, sandbox):
    create_connection(owner.app, sandbox)
    owner.post(TYPES, item_types=["bundle", "inventory", "service"])
    assert audited(owner.app) == []


def test_at_least_one_type_is_needed(owner, sandbox):
    create_connection(owner.app, sandbox)
    answer = owner.post(TYPES)
    assert answer.status_code == 400
    assert re.search(r'<small id="types-1-error" class="error">Choose at least one', answer.text)
    assert not re.search(r'name="item_types"[^>]* checked', answer.text)  # as it was left, to be mended
    assert stored(owner.app).item_types == ["inventory", "service", "bundle"]


@pytest.mark.parametrize("forged", [["other"], ["inventory", "x" * 10_000], ["\x00"], ["category"]])
def test_a_forged_type_is_refused(owner, sandbox, forged):
    create_connection(owner.app, sandbox)
    answer = owner.post(TYPES, item_types=forged)
    assert answer.status_code == 400 and "that are offered" in answer.text
    assert stored(owner.app).item_types == ["inventory", "service", "bundle"]


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999999"])
def test_a_connection_that_is_not_there_is_not_found(owner, sandbox, number):
    create_connection(owner.app, sandbox)
    assert owner.post(f"{INTEGRATIONS}/{number}/disconnect").status_code == 404
    assert owner.post(f"{INTEGRATIONS}/{number}/item-types", item_types="service").status_code == 404
    assert owner.client.get(f"/integrations/attempts/{number}").status_code == 404


@pytest.mark.parametrize("forged", ["2", "-1", "1 OR 1=1", "１", "9" * 30])
def test_a_forged_connection_to_renew_is_not_found(owner, sandbox, forged):
    create_connection(owner.app, sandbox)
    assert owner.post(CONNECT, connection_id=forged).status_code == 404


def test_an_unknown_accounting_system_is_not_found(owner):
    assert owner.post("/integrations/sage/connect").status_code == 404


@pytest.mark.parametrize("path", CHANGES)
def test_a_builder_can_change_nothing(owner, sandbox, path):
    create_connection(owner.app, sandbox)
    builder = Visitor(owner.app, sandbox, "builder")
    assert builder.post(path, item_types="service").status_code == 403
    assert (stored(owner.app).state, audited(owner.app)) == ("active", [])


@pytest.mark.parametrize("path", CHANGES)
def test_a_form_without_our_token_changes_nothing(owner, sandbox, path):
    create_connection(owner.app, sandbox)
    assert owner.client.post(path, data={"item_types": "service"}).status_code == 400
    assert (stored(owner.app).state, audited(owner.app)) == ("active", [])


@pytest.mark.parametrize("path", CHANGES)
def test_strangers_are_asked_to_sign_in(app, owner, path):
    stranger = app.test_client()
    assert stranger.get(INTEGRATIONS).status_code in (302, 303)
    assert "Integrations" not in stranger.get(INTEGRATIONS, follow_redirects=True).text


def test_a_builder_does_not_see_the_page(owner, sandbox):
    builder = Visitor(owner.app, sandbox, "builder")
    assert builder.client.get(INTEGRATIONS).status_code == 403


def test_who_may_sync_but_not_manage_sees_the_health_and_no_buttons(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context(), transaction() as session:
        session.add(RolePermission(role="builder", permission="sync_items", granted=True))
    page = Visitor(owner.app, sandbox, "builder").page()
    assert "Alder &amp; Finch Woodworks" in page
    assert "Last successful sync" in page
    assert "Reconnect" not in page
    assert "Disconnect" not in page
    assert "Save item types" not in page
