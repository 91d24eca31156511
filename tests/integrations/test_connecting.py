"""Connecting QuickBooks Online: from the button to a connection that works."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from app.extensions import db
from app.integrations.gateway import open_provider
from tests.support.integrations import CONNECT, INTEGRATIONS, audited, create_connection, stored


def test_the_empty_page_says_what_will_be_read_and_written(owner):
    page = owner.page()
    assert "No accounting system is connected" in page
    assert "Connect to QuickBooks" in page
    assert "Inventory adjustments, for builds and receipts" in page
    assert "The chart of accounts" in page


def test_after_consent_the_company_is_shown_and_can_be_read_at_once(owner, alder):
    answer = owner.connect()
    assert answer.headers["Location"] == f"{INTEGRATIONS}/1/inventory"
    assert "is connected" in owner.notices()[0]
    assert "Alder &amp; Finch Woodworks" in owner.page()
    connection = stored(owner.app)
    assert (connection.external_company_id, connection.currency) == (alder, "USD")
    assert connection.item_types == ["inventory", "service", "bundle"]
    with owner.app.app_context():
        assert open_provider(connection.id).company().name == "Alder & Finch Woodworks"


def test_no_token_stands_in_clear_in_the_database(owner):
    owner.connect()
    with owner.app.app_context():
        everything = str(db.session.execute(text("SELECT * FROM connections, oauth_attempts")).all())
    assert "Alder" in everything
    assert "RT1-" not in everything
    assert "eyJlbmMi" not in everything


def test_the_state_is_kept_as_a_hash_only(owner):
    state = owner.depart().partition("state=")[2].partition("&")[0]
    with owner.app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM oauth_attempts")).all())
    assert len(state) >= 43
    assert state not in rows


def test_connecting_is_in_the_audit_log(owner):
    owner.connect()
    assert audited(owner.app) == [("connection.connected", "QuickBooks Online: Alder & Finch Woodworks")]


def test_two_companies_can_be_connected_and_no_third(owner, alder, pottery):
    owner.connect(alder)
    owner.connect(pottery)
    page = owner.page()
    assert "Another company" not in page
    answer = owner.post(CONNECT)
    assert answer.headers["Location"] == INTEGRATIONS
    assert "Two companies are connected already" in owner.notices()[0]


def test_a_third_company_is_refused_even_when_consent_was_under_way(owner, alder, pottery, sandbox):
    address = owner.depart()
    owner.connect(pottery)
    create_connection(owner.app, sandbox, pottery, external_company_id="77", company_name="Third")
    owner.come_back(owner.consent(address, alder))
    assert "Two companies are connected already" in owner.notices()[-1]
    assert "Alder &amp; Finch Woodworks" not in owner.page()
    assert sandbox.control("requests")["tokens"]["revoked"] == 1


def test_the_browser_may_follow_our_form_to_the_consent_page(owner, sandbox):
    policy = owner.client.get(INTEGRATIONS).headers["Content-Security-Policy"]
    assert f"form-action 'self' {sandbox.url}" in policy


def test_without_credentials_the_page_says_what_the_operator_must_set(app, owner):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, quickbooks=replace(settings.quickbooks, client_id=""))
    try:
        page = owner.page()
        owner.post(CONNECT)
        notices = owner.notices()
    finally:
        app.config["SETTINGS"] = settings
    assert "Connect to QuickBooks" not in page
    assert "QBO_CLIENT_ID" in page
    assert "docs/production.md" in page
    assert "no credentials" in notices[0]


def test_a_popup_ends_on_a_page_that_names_where_to_go_on(owner):
    answer = owner.connect(popup="1")
    assert answer.headers["Location"] == "/integrations/done?choose=1"
    done = owner.page(answer.headers["Location"])
    assert 'data-connect-done="/settings/integrations/1/inventory"' in done
    assert "is connected" not in done
    assert "is connected" in owner.notices()[0]
