"""Reconnecting: the same company gets new tokens; another company is never mixed in (OQ-51)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.extensions import db
from app.foundation.transaction import transaction
from app.integrations import guards
from app.integrations.gateway import open_provider
from tests.support.integrations import INTEGRATIONS, Visitor, audited, create_connection, stored

DECIDE = "/integrations/attempts/1"


@pytest.fixture
def links() -> Iterator[dict[int, int]]:
    """How many products are linked, by connection, as the items room would tell."""
    linked: dict[int, int] = {}
    guards.register_link_counter(counter := lambda connection_id: linked.get(connection_id, 0))
    guards.register_link_dropper(dropper := lambda connection_id: linked.pop(connection_id, 0))
    yield linked
    guards._counters.remove(counter)
    guards._droppers.remove(dropper)


def test_the_same_company_gets_new_tokens_and_keeps_everything_else(owner, sandbox, alder):
    create_connection(owner.app, sandbox, alder, item_types=["group"], state="expired", last_problem="Over.")
    before = stored(owner.app)
    owner.connect(alder, connection_id=1)
    after = stored(owner.app)
    assert "is connected again" in owner.notices()[0]
    assert (after.state, after.item_types, after.last_problem) == ("active", ["group"], None)
    assert after.connected_at == before.connected_at
    assert after.refresh_token != before.refresh_token
    with owner.app.app_context():
        assert open_provider(1).company().name == after.company_name


def test_connecting_a_connected_company_again_renews_its_row(owner, alder):
    owner.connect(alder)
    owner.connect(alder)
    assert audited(owner.app)[-1][0] == "connection.reconnected"
    assert owner.page().count('<h2 id="connection-') == 1


def test_a_disconnected_company_comes_back_to_its_row(owner, sandbox, alder):
    create_connection(owner.app, sandbox, alder, item_types=["service"])
    owner.post(f"{INTEGRATIONS}/1/disconnect")
    owner.connect(alder)
    connection = stored(owner.app)
    assert (connection.state, connection.item_types) == ("active", ["service"])
    assert connection.disconnected_at is None


def test_choosing_a_company_that_is_connected_elsewhere_renews_that_one(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder, state="expired")
    create_connection(owner.app, sandbox, pottery, state="expired")
    owner.connect(pottery, connection_id=1)
    assert "Second Street Pottery, which is connected already" in owner.notices()[-1]
    assert stored(owner.app, 1).state == "expired"
    assert stored(owner.app, 2).state == "active"


def test_another_company_is_asked_about_and_nothing_changes_meanwhile(owner, sandbox, alder, pottery, links):
    create_connection(owner.app, sandbox, alder)
    links[1] = 12
    answer = owner.connect(pottery, connection_id=1)
    assert answer.headers["Location"] == DECIDE
    page = owner.page(DECIDE)
    assert "Second Street Pottery" in page
    assert "12 products lose their links" in page
    assert stored(owner.app).company_name == "Alder & Finch Woodworks"
    assert audited(owner.app) == []
    with owner.app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM oauth_attempts")).all())
    assert "RT1-" not in rows
    assert "eyJlbmMi" not in rows


def test_yes_ends_the_old_company_drops_its_links_and_connects_the_new(owner, sandbox, alder, pottery, links):
    create_connection(owner.app, sandbox, alder, item_types=["inventory"])
    links[1] = 1
    owner.connect(pottery, connection_id=1)
    owner.post(DECIDE, decision="switch")
    assert "One product lost its link" in owner.notices()[0]
    old, new = stored(owner.app, 1), stored(owner.app, 2)
    assert (old.state, old.access_token, links) == ("disconnected", None, {})
    assert (new.state, new.external_company_id, new.item_types) == ("active", pottery, ["inventory"])
    assert [action for action, _ in audited(owner.app)] == ["connection.replaced", "connection.connected"]
    with owner.app.app_context():
        assert open_provider(2).company().name == "Second Street Pottery"


def test_yes_with_two_companies_connected_keeps_it_at_two(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    create_connection(owner.app, sandbox, pottery, external_company_id="77", company_name="Third")
    owner.connect(pottery, connection_id=1)
    owner.post(DECIDE, decision="switch")
    assert [stored(owner.app, number).state for number in (1, 2, 3)] == ["disconnected", "active", "active"]


def test_a_company_that_was_connected_before_comes_back_to_its_own_row(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, pottery)
    owner.post(f"{INTEGRATIONS}/1/disconnect")
    create_connection(owner.app, sandbox, alder)
    owner.connect(pottery, connection_id=2)
    owner.post(DECIDE, decision="switch")
    assert stored(owner.app, 1).state == "active"
    assert stored(owner.app, 2).state == "disconnected"


def test_no_leaves_everything_and_gives_the_consent_back(owner, sandbox, alder, pottery, links):
    create_connection(owner.app, sandbox, alder)
    links[1] = 3
    owner.connect(pottery, connection_id=1)
    owner.post(DECIDE, decision="keep")
    assert "still belongs to Alder" in owner.notices()[0]
    assert (stored(owner.app).state, links) == ("active", {1: 3})
    tokens = sandbox.control("requests")["tokens"]
    assert (tokens["active"], tokens["revoked"]) == (1, 1)
    with owner.app.app_context():
        assert open_provider(1).company().name == "Alder & Finch Woodworks"


def test_the_decision_can_be_taken_once(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    owner.connect(pottery, connection_id=1)
    owner.post(DECIDE, decision="switch")
    assert owner.post(DECIDE, decision="switch").status_code == 404
    assert owner.client.get(DECIDE).status_code == 404


def test_nobody_else_can_take_the_decision(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    owner.connect(pottery, connection_id=1)
    colleague = Visitor(owner.app, sandbox, "admin")
    assert colleague.client.get(DECIDE).status_code == 404
    assert colleague.post(DECIDE, decision="switch").status_code == 404
    assert stored(owner.app).state == "active"


def test_the_decision_lapses(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    owner.connect(pottery, connection_id=1)
    with owner.app.app_context(), transaction() as session:
        session.execute(text("UPDATE oauth_attempts SET expires_at = now() - interval '1 second'"))
    assert owner.client.get(DECIDE).status_code == 404
    assert owner.post(DECIDE, decision="switch").status_code == 404


def test_in_a_popup_the_opener_is_led_to_the_question(owner, sandbox, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    answer = owner.connect(pottery, connection_id=1, popup="1")
    assert answer.headers["Location"] == "/integrations/done?ask=1"
    assert f'data-connect-done="{DECIDE}"' in owner.page("/integrations/done?ask=1")
