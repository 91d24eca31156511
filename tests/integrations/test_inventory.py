"""Which company's books lead on quantities: the rules, and people who change it at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict, NotFoundError
from app.foundation.transaction import transaction
from app.integrations import inventory, service
from app.integrations.consent.attempts import Attempt
from app.integrations.consent.connecting import settle
from app.integrations.errors import InventoryTaken
from app.integrations.models import Connection, InventoryMode
from tests.integrations.test_races import grant_for
from tests.support.items import create_company
from tests.support.people import create_user
from tests.support.soak import trials
from tests.support.together import at_once

SYNC, LOTLEDGER_ONLY = InventoryMode.SYNC, InventoryMode.LOTLEDGER_ONLY
GONE = {"state": "disconnected", "access_token": None, "refresh_token": None}


def company(name: str, **overrides: Any) -> int:
    """The id of a stored connection."""
    if overrides.get("state") == "disconnected":
        overrides = {**GONE, "disconnected_at": utcnow(), **overrides}
    return create_company(company_name=name, external_company_id=name, **overrides).id


def modes() -> dict[str, str | None]:
    """The stored mode of each company."""
    db.session.rollback()
    return dict(db.session.execute(select(Connection.company_name, Connection.inventory_mode)).all())


def changes() -> list[tuple[str, str | None, str, bool]]:
    """What the audit log says of mode changes: subject, from, to, whether a person did it."""
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "connection.inventory_mode").order_by(AuditEntry.id)
    )
    return [
        (each.subject, each.before["inventory_mode"], each.after["inventory_mode"], each.user_id is not None)
        for each in entries
    ]


def come_back(name: str, user_id: int) -> str:
    """What the person is told after consenting to a company."""
    return settle(Attempt(1, "quickbooks", user_id, None), grant_for(name)).sentence


@pytest.fixture
def user_id(context: Flask) -> int:
    """Somebody who changes modes."""
    return create_user().id


def test_until_somebody_chooses_lotledger_leads(user_id):
    alder = company("Alder")
    assert inventory.mode_of(service.get_connection(alder)) is LOTLEDGER_ONLY
    assert inventory.inventory_connection() is None


def test_connecting_inventory_is_kept_and_audited(user_id):
    alder = company("Alder")
    assert inventory.connect_inventory(alder, user_id)
    assert inventory.mode_of(service.get_connection(alder)) is SYNC
    assert inventory.inventory_connection() == service.get_connection(alder)
    assert changes() == [("QuickBooks Online: Alder", None, "sync", True)]


def test_and_back_again(user_id):
    alder = company("Alder", inventory_mode=SYNC)
    assert inventory.set_lotledger_only(alder, user_id)
    assert inventory.inventory_connection() is None
    assert changes() == [("QuickBooks Online: Alder", "sync", "lotledger_only", True)]


@pytest.mark.parametrize("mode", list(InventoryMode))
def test_choosing_what_is_chosen_changes_nothing(user_id, mode):
    alder = company("Alder", inventory_mode=mode)
    choose = inventory.connect_inventory if mode is SYNC else inventory.set_lotledger_only
    assert not choose(alder, user_id)
    assert changes() == []


def test_an_expired_connection_can_change_its_mode(user_id):
    alder = company("Alder", state="expired")
    assert inventory.connect_inventory(alder, user_id)


def test_a_second_company_is_refused_and_the_first_named(user_id):
    company("Alder", inventory_mode=SYNC)
    pottery = company("Pottery")
    with pytest.raises(Conflict, match="Alder has the inventory connection already"):
        inventory.connect_inventory(pottery, user_id)
    assert modes() == {"Alder": "sync", "Pottery": None}
    assert changes() == []


def test_once_the_first_lets_go_the_second_can_have_it(user_id):
    alder, pottery = company("Alder", inventory_mode=SYNC), company("Pottery")
    inventory.set_lotledger_only(alder, user_id)
    assert inventory.connect_inventory(pottery, user_id)


def test_a_disconnected_company_is_in_nobodys_way(user_id):
    company("Alder", state="disconnected", inventory_mode=SYNC)
    pottery = company("Pottery")
    assert inventory.inventory_connection() is None
    assert inventory.connect_inventory(pottery, user_id)


@pytest.mark.parametrize("choose", [inventory.connect_inventory, inventory.set_lotledger_only])
def test_a_disconnected_company_cannot_be_set(user_id, choose):
    alder = company("Alder", state="disconnected")
    with pytest.raises(Conflict, match="Alder is disconnected"):
        choose(alder, user_id)
    assert modes() == {"Alder": None}


@pytest.mark.parametrize("number", [0, -1, 2, 2**63, 10**30])
def test_a_connection_that_is_not_there_is_not_found(user_id, number):
    company("Alder")
    for choose in (inventory.connect_inventory, inventory.set_lotledger_only):
        with pytest.raises(NotFoundError):
            choose(number, user_id)


def test_without_a_way_to_adjust_quantities_sync_is_refused_with_the_reason(user_id, plain_books):
    alder = company("Alder", inventory_mode=LOTLEDGER_ONLY)
    with pytest.raises(Conflict, match="Plain Books offers no way to adjust item quantities from outside"):
        inventory.connect_inventory(alder, user_id)
    assert modes() == {"Alder": "lotledger_only"}
    assert changes() == []


def test_disconnecting_keeps_the_mode_and_reconnecting_brings_it_back(user_id):
    company("7", inventory_mode=SYNC, state="disconnected")
    assert come_back("7", user_id) == "Company 7 is connected again. Everything is as it was before."
    assert modes() == {"Company 7": "sync"}


def test_who_comes_back_finds_the_place_taken_and_is_told_so(user_id):
    company("7", inventory_mode=SYNC, state="disconnected")
    company("Pottery", inventory_mode=SYNC)
    told = come_back("7", user_id)
    assert "Its inventory connection has passed to Pottery meanwhile" in told
    assert "Company 7 is set to Lotledger only" in told
    assert modes() == {"Company 7": "lotledger_only", "Pottery": "sync"}
    assert changes() == [("QuickBooks Online: Company 7", "sync", "lotledger_only", True)]


def test_reconnecting_an_expired_company_leaves_its_mode_alone(user_id):
    company("7", inventory_mode=SYNC, state="expired")
    assert "Everything is as it was before" in come_back("7", user_id)
    assert modes() == {"Company 7": "sync"}


def test_the_database_itself_allows_one_company_in_sync(user_id):
    company("Alder", inventory_mode=SYNC)
    with pytest.raises(IntegrityError):
        company("Pottery", inventory_mode=SYNC)


def test_the_database_knows_the_two_modes_only(user_id):
    company("Alder")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE connections SET inventory_mode = 'both'"))


@pytest.mark.parametrize("trial", trials(3, 60))
def test_of_two_who_want_it_at_once_one_gets_it_and_the_other_is_told_who(app, user_id, trial):
    ids = [company("Alder"), company("Pottery")]
    told = at_once(app, *[lambda each=each: inventory.connect_inventory(each, user_id) for each in ids * 2])
    winner = inventory.inventory_connection()
    assert winner is not None
    assert (told.count(True), told.count(False)) == (1, 1)
    refusals = [each.message for each in told if isinstance(each, InventoryTaken)]
    assert len(refusals) == 2
    assert all(each.startswith(f"{winner.company_name} has the inventory connection") for each in refusals)
    assert sorted(modes().values(), key=str) == [None, "sync"]
    assert len(changes()) == 1


@pytest.mark.parametrize("trial", trials(3, 60))
def test_coming_back_while_another_takes_the_place_leaves_one_in_sync(app, user_id, trial):
    company("7", inventory_mode=SYNC, state="disconnected")
    pottery = company("Pottery")
    told = at_once(
        app,
        lambda: come_back("7", user_id),
        lambda: inventory.connect_inventory(pottery, user_id),
    )
    assert list(modes().values()).count("sync") == 1
    assert ("is set to Lotledger only" in str(told[0])) == (told[1] is True)


@pytest.mark.parametrize("trial", trials(2, 30))
def test_changing_back_and_forth_at_once_ends_in_a_mode_that_the_audit_log_tells(app, user_id, trial):
    alder = company("Alder")
    at_once(
        app,
        *[lambda: inventory.connect_inventory(alder, user_id)] * 3,
        *[lambda: inventory.set_lotledger_only(alder, user_id)] * 3,
    )
    told = changes()
    assert told[-1][2] == modes()["Alder"]
    assert [before for _, before, _, _ in told] == [None, *(after for _, _, after, _ in told[:-1])]
