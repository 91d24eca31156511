"""Settings → Integrations → Inventory: what it shows, what it asks first, who may change it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.foundation.transaction import transaction
from app.integrations.models import InventoryMode
from app.items.linking import link_item
from app.people.models import RolePermission
from tests.support import pages
from tests.support.integrations import INTEGRATIONS, Visitor, audited, create_connection, stored
from tests.support.items import create_item
from tests.support.products import create_product

CHOICE = f"{INTEGRATIONS}/1/inventory"
CONNECT, LEAVE = f"{CHOICE}/connect", f"{CHOICE}/lotledger-only"
SYNC, LOTLEDGER_ONLY = InventoryMode.SYNC, InventoryMode.LOTLEDGER_ONLY


def connected(owner: Visitor, mode: InventoryMode | None = None, **overrides: Any) -> pages.Visitor:
    """The Owner as a visitor whose every page is checked, of a workspace with a company in this mode."""
    create_connection(owner.app, owner.sandbox, inventory_mode=mode, **overrides)
    return pages.Visitor(owner.client)


def section(page: pages.Seen, connection_id: int = 1) -> Any:
    """The Inventory section of a connection."""
    return page.document.one("section", aria_labelledby=f"inventory-{connection_id}")


def controls(page: pages.Seen, connection_id: int = 1) -> list[str]:
    """Its buttons, in whatever state."""
    found = section(page, connection_id)
    return [
        each.text for each in found.all("a", "button") if each["role"] == "button" or each.tag == "button"
    ]


def products(owner: Visitor, *, linked: int, unlinked: int) -> None:
    """As many products, some of them linked to items of the first company."""
    with owner.app.app_context():
        for _ in range(linked):
            link_item(create_item(connection_id=1).id, create_product().id, None)
        for _ in range(unlinked):
            create_product()
        create_product(is_active=False)


@pytest.mark.parametrize(
    ("mode", "word", "buttons"),
    [
        (None, "Not chosen yet", ["Connect inventory", "Set Lotledger only"]),
        (SYNC, "Sync", ["Set Lotledger only"]),
        (LOTLEDGER_ONLY, "Lotledger only", ["Connect inventory"]),
    ],
)
def test_the_section_shows_the_mode_and_the_ways_out_of_it(owner, mode, word, buttons):
    page = connected(owner, mode).get(INTEGRATIONS)
    assert section(page).one("span").text == word
    assert controls(page) == buttons


def test_connecting_inventory_says_first_what_it_will_do(owner):
    visitor = connected(owner, LOTLEDGER_ONLY)
    products(owner, linked=12, unlinked=3)
    page = visitor.follow(visitor.get(INTEGRATIONS), "Connect inventory")
    assert page.heading == "Connect inventory?"
    assert "from Lotledger only to Sync" in page.main
    assert "12 products are linked to items of Alder & Finch Woodworks" in page.main
    assert "3 products are not linked" in page.main
    assert "does not link them: link them by hand" in page.main
    assert "go back to QuickBooks Online as inventory adjustments" in page.main
    assert "you keep vendor bills and stock adjustments in QuickBooks Online" in page.main
    assert stored(owner.app).inventory_mode == "lotledger_only"
    after = visitor.submit(page, "Connect inventory")
    assert "Alder & Finch Woodworks has the inventory connection" in after.notices[0]
    assert section(after).one("span").text == "Sync"


def test_setting_lotledger_only_says_first_what_it_will_do(owner):
    visitor = connected(owner, SYNC)
    products(owner, linked=1, unlinked=0)
    page = visitor.follow(visitor.get(INTEGRATIONS), "Set Lotledger only")
    assert page.heading == "Set Lotledger only?"
    assert "from Sync to Lotledger only" in page.main
    assert "The linked product keeps its quantity, cost and link as they are" in page.main
    assert "leave the quantity and cost of every product alone" in page.main
    assert "as journal entries" in page.main
    assert "above all with receiving and lots" in page.main
    assert stored(owner.app).inventory_mode == "sync"
    after = visitor.submit(page, "Set Lotledger only")
    assert "is set to Lotledger only" in after.notices[0]
    assert section(after).one("span").text == "Lotledger only"


@pytest.mark.parametrize(
    ("linked", "unlinked", "sentences"),
    [
        (0, 2, ["No product is linked", "2 products are not linked"]),
        (1, 1, ["One product is linked", "One product is not linked"]),
    ],
)
def test_the_numbers_are_told_as_people_say_them(owner, linked, unlinked, sentences):
    visitor = connected(owner)
    products(owner, linked=linked, unlinked=unlinked)
    page = visitor.get(CONNECT).main
    assert all(sentence in page for sentence in sentences)


def test_cancelling_changes_nothing(owner):
    visitor = connected(owner)
    for path in (CONNECT, LEAVE):
        assert visitor.follow(visitor.get(path), "Cancel").heading == "Integrations"
    assert (stored(owner.app).inventory_mode, audited(owner.app)) == (None, [])


def test_who_changed_it_from_what_to_what_is_in_the_audit_log(owner):
    connected(owner, LOTLEDGER_ONLY)
    owner.post(CONNECT)
    with owner.app.app_context():
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.user_id) == ("connection.inventory_mode", owner.user_id)
        assert (entry.before, entry.after) == (
            {"inventory_mode": "lotledger_only"},
            {"inventory_mode": "sync"},
        )
    page = pages.Visitor(owner.client).get("/settings/audit").main
    assert "Connection: inventory mode" in page


def test_pressing_twice_is_no_second_change(owner):
    connected(owner)
    owner.post(LEAVE)
    owner.post(LEAVE)
    assert "already" in owner.notices()[0]
    assert len(audited(owner.app)) == 1


def test_the_second_company_is_refused_with_the_first_ones_name(owner, alder, pottery):
    visitor = connected(owner, SYNC, realm=alder)
    second = create_connection(owner.app, owner.sandbox, pottery)
    page = visitor.get(INTEGRATIONS)
    button = section(page, second).all("button")[0]
    assert (button.text, "disabled" in button) == ("Connect inventory", True)
    reason = page.document.one(id=button["aria-describedby"]).text
    assert reason.startswith("Alder & Finch Woodworks has the inventory connection already")
    answer = visitor.get(f"{INTEGRATIONS}/{second}/inventory/connect", status=409)
    assert "Set Alder & Finch Woodworks to Lotledger only first" in answer.notices[0]
    forged = owner.post(f"{INTEGRATIONS}/{second}/inventory/connect")
    assert forged.status_code == 409
    assert "Alder &amp; Finch Woodworks has the inventory connection already" in forged.text
    assert (stored(owner.app, 1).inventory_mode, stored(owner.app, second).inventory_mode) == ("sync", None)


def test_where_quantities_cannot_be_adjusted_the_control_is_disabled_and_says_why(owner, plain_books):
    visitor = connected(owner, LOTLEDGER_ONLY)
    page = visitor.get(INTEGRATIONS)
    (button,) = section(page).all("button")
    assert (button.text, "disabled" in button) == ("Connect inventory", True)
    reason = "Plain Books offers no way to adjust item quantities from outside"
    assert reason in page.document.one(id=button["aria-describedby"]).text
    assert reason in visitor.get(CHOICE).main
    assert reason in visitor.get(CONNECT, status=409).notices[0]


def test_and_a_forged_request_is_refused_with_the_same_reason(owner, plain_books):
    connected(owner, LOTLEDGER_ONLY)
    answer = owner.post(CONNECT)
    assert answer.status_code == 409
    assert "Plain Books offers no way to adjust item quantities from outside" in answer.text
    assert (stored(owner.app).inventory_mode, audited(owner.app)) == ("lotledger_only", [])


@pytest.mark.parametrize("path", [CONNECT, LEAVE])
def test_a_builder_can_change_nothing(owner, path):
    connected(owner)
    builder = Visitor(owner.app, owner.sandbox, "builder")
    assert builder.client.get(path).status_code == 403
    assert builder.client.get(CHOICE).status_code == 403
    assert builder.post(path).status_code == 403
    assert (stored(owner.app).inventory_mode, audited(owner.app)) == (None, [])


@pytest.mark.parametrize("path", [CONNECT, LEAVE])
def test_a_form_without_our_token_changes_nothing(owner, path):
    connected(owner)
    assert owner.client.post(path).status_code == 400
    assert (stored(owner.app).inventory_mode, audited(owner.app)) == (None, [])


@pytest.mark.parametrize("path", [CHOICE, CONNECT, LEAVE])
def test_strangers_are_asked_to_sign_in(owner, path):
    connected(owner)
    answer = owner.app.test_client().get(path)
    assert answer.status_code in (302, 303)
    assert "/login" in answer.headers["Location"]


def test_who_may_sync_but_not_manage_sees_the_mode_and_no_control(owner):
    connected(owner, SYNC)
    with owner.app.app_context(), transaction() as session:
        session.add(RolePermission(role="builder", permission="sync_items", granted=True))
    builder = Visitor(owner.app, owner.sandbox, "builder")
    page = pages.Visitor(builder.client).get(INTEGRATIONS)
    assert section(page).one("span").text == "Sync"
    assert controls(page) == []


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999999"])
def test_a_connection_that_is_not_there_is_not_found(owner, number):
    connected(owner)
    base = f"{INTEGRATIONS}/{number}/inventory"
    for path in (base, f"{base}/connect", f"{base}/lotledger-only"):
        assert owner.client.get(path).status_code == 404
    for path in (f"{base}/connect", f"{base}/lotledger-only"):
        assert owner.post(path).status_code == 404


@pytest.mark.parametrize("path", [CONNECT, LEAVE])
def test_a_disconnected_company_is_refused(owner, path):
    connected(owner, SYNC)
    owner.post(f"{INTEGRATIONS}/1/disconnect")
    assert owner.client.get(path).status_code == 409
    assert owner.client.get(CHOICE).status_code == 409
    answer = owner.post(path)
    assert answer.status_code == 409
    assert "Reconnect it first" in answer.text
    assert stored(owner.app).inventory_mode == "sync"


@pytest.mark.parametrize(
    ("mode", "word"), [(None, "Not chosen yet"), (SYNC, "Sync"), (LOTLEDGER_ONLY, "Lotledger only")]
)
def test_the_command_lists_the_mode(owner, mode, word):
    connected(owner, mode)
    run = owner.app.test_cli_runner().invoke
    (facts,) = json.loads(run(args=["integrations", "list", "--json"]).output)["connections"]
    assert facts["inventory_mode"] == mode
    assert f"   inventory: {word}\n" in run(args=["integrations", "list"]).output
