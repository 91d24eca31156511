"""After connecting, the question where quantities live (ONB-1…4): asked once, never in the way."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.support import pages
from tests.support.integrations import INTEGRATIONS, Visitor, audited, create_connection, stored

CHOICE = f"{INTEGRATIONS}/1/inventory"
DECIDE = "/integrations/attempts/1"


def asked(owner: Visitor) -> pages.Seen:
    """The page that a person who has just connected lands on."""
    return pages.Visitor(owner.client).get(urlsplit(owner.connect().headers["Location"]).path)


def test_a_first_connection_leads_to_the_choice(owner):
    page = asked(owner)
    assert (page.path, page.heading) == (CHOICE, "Where do quantities live?")
    assert page.notices == ["Alder & Finch Woodworks is connected."]
    assert [head.text for head in page.document.one("main").all("h2")] == [
        "In QuickBooks Online Recommended",
        "In Lotledger",
    ]
    assert "builds and receipts go back to QuickBooks Online as inventory adjustments" in page.main
    assert "builds and receipts go to QuickBooks Online as journal entries" in page.main
    assert "Right when you keep vendor bills and stock adjustments in QuickBooks Online" in page.main


def test_the_books_can_be_chosen_there_and_then(owner):
    page = pages.Visitor(owner.client).submit(asked(owner), "Connect inventory")
    assert page.heading == "Integrations"
    assert stored(owner.app).inventory_mode == "sync"


def test_and_so_can_lotledger(owner):
    page = pages.Visitor(owner.client).submit(asked(owner), "Set Lotledger only")
    assert page.heading == "Integrations"
    assert stored(owner.app).inventory_mode == "lotledger_only"


def test_who_decides_later_is_reminded_and_not_held_up(owner):
    visitor = pages.Visitor(owner.client)
    page = visitor.follow(asked(owner), "Decide later")
    assert "Not chosen yet" in page.main
    assert stored(owner.app).inventory_mode is None
    assert visitor.follow(visitor.get("/"), "Choose").path == CHOICE


def test_a_company_that_comes_back_undecided_is_asked_again(owner):
    owner.connect()
    owner.post(f"{INTEGRATIONS}/1/disconnect")
    assert owner.connect(connection_id=1).headers["Location"] == CHOICE


def test_a_company_that_has_chosen_is_not_asked_again(owner):
    owner.connect()
    owner.post(f"{CHOICE}/connect")
    owner.post(f"{INTEGRATIONS}/1/disconnect")
    assert owner.connect(connection_id=1).headers["Location"] == INTEGRATIONS
    assert stored(owner.app).inventory_mode == "sync"


def test_renewing_a_connection_does_not_ask(owner, sandbox):
    create_connection(owner.app, sandbox, state="expired")
    assert owner.connect(connection_id=1).headers["Location"] == INTEGRATIONS


def test_a_company_in_place_of_another_is_asked_about(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder, inventory_mode="sync")
    owner.connect(pottery, connection_id=1)
    answer = owner.post(DECIDE, decision="switch")
    assert answer.headers["Location"] == f"{INTEGRATIONS}/2/inventory"
    assert (stored(owner.app, 1).inventory_mode, stored(owner.app, 2).inventory_mode) == ("sync", None)


def test_a_company_back_in_its_own_place_keeps_its_mode_unless_another_took_it(
    owner, sandbox, alder, pottery
):
    gone = create_connection(owner.app, sandbox, pottery, inventory_mode="sync")
    owner.post(f"{INTEGRATIONS}/{gone}/disconnect")
    create_connection(owner.app, sandbox, alder, inventory_mode="lotledger_only")
    create_connection(
        owner.app,
        sandbox,
        alder,
        external_company_id="77",
        company_name="Third",
        inventory_mode="sync",
    )
    owner.connect(pottery, connection_id=2)
    owner.post(DECIDE, decision="switch")
    assert "has passed to Third meanwhile" in owner.notices()[0]
    assert stored(owner.app, gone).inventory_mode == "lotledger_only"


def test_in_a_popup_the_opener_is_led_to_the_choice(owner):
    done = owner.page(owner.connect(popup="1").headers["Location"])
    assert f'data-connect-done="{CHOICE}"' in done


def test_a_company_beside_one_in_sync_is_told_that_the_place_is_taken(owner, alder, pottery):
    create_connection(owner.app, owner.sandbox, alder, inventory_mode="sync")
    owner.connect(pottery)
    page = pages.Visitor(owner.client).get(f"{INTEGRATIONS}/2/inventory")
    assert "In Lotledger Recommended" in page.main
    assert "Alder & Finch Woodworks has the inventory connection already" in page.main


def test_without_a_way_to_adjust_quantities_there_is_nothing_to_choose(owner, plain_books):
    assert owner.connect().headers["Location"] == INTEGRATIONS
    assert stored(owner.app).inventory_mode == "lotledger_only"
    assert "Plain Books offers no way to adjust item quantities from outside" in owner.notices()[0]
    assert [action for action, _ in audited(owner.app)] == [
        "connection.connected",
        "connection.inventory_mode",
    ]
    page = pages.Visitor(owner.client).get(INTEGRATIONS)
    assert "Lotledger leads" in page.main
