"""Disconnecting: the provider is asked, the connection ends anyway, nothing is deleted (CONN-30)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.support.integrations import INTEGRATIONS, audited, create_connection, stored


def disconnect(owner, connection_id: int = 1):
    return owner.post(f"{INTEGRATIONS}/{connection_id}/disconnect")


def test_the_consent_is_withdrawn_and_the_tokens_are_gone(owner, sandbox):
    create_connection(owner.app, sandbox)
    assert disconnect(owner).status_code == 303
    connection = stored(owner.app)
    assert connection.state == "disconnected"
    assert (connection.access_token, connection.refresh_token) == (None, None)
    assert sandbox.control("requests")["tokens"] | {"exchanged": 0} == {
        "active": 0,
        "exchanged": 0,
        "refreshed": 0,
        "refused": 0,
        "revoked": 1,
    }
    assert "Everything that was synced stays" in owner.notices()[0]
    assert '<h2 id="former">Disconnected</h2>' in owner.page()


def test_what_was_synced_stays(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context(), db.engine.begin() as database:
        database.execute(
            text(
                "INSERT INTO sync_runs (kind, connection_id, title, status, queued_at)"
                " VALUES ('item_sync', 1, 'A run', 'succeeded', now())"
            )
        )
    disconnect(owner)
    with owner.app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM sync_runs")) == 1


@pytest.mark.parametrize("kind", ["server_error", "unavailable", "dropped", "silent", "html"])
def test_a_provider_that_is_down_stops_nobody(owner, sandbox, kind):
    create_connection(owner.app, sandbox)
    sandbox.fault(kind, contains="tokens/revoke", times=9, seconds=3)
    disconnect(owner)
    connection = stored(owner.app)
    assert (connection.state, connection.refresh_token) == ("disconnected", None)


def test_a_consent_that_could_not_be_withdrawn_is_told_about(owner, sandbox):
    create_connection(owner.app, sandbox)
    sandbox.fault("unavailable", contains="tokens/revoke", times=9)
    disconnect(owner)
    assert "could not be withdrawn" in owner.notices()[0]


def test_a_consent_that_was_gone_already_is_no_problem(owner, sandbox):
    create_connection(owner.app, sandbox)
    sandbox.control("tokens", {"revoke": True})
    disconnect(owner)
    assert "Everything that was synced stays" in owner.notices()[0]


def test_without_credentials_or_keys_disconnecting_still_works(owner, sandbox):
    create_connection(owner.app, sandbox)
    settings = owner.app.config["SETTINGS"]
    owner.app.config["SETTINGS"] = replace(settings, token_keys=(b"x" * 32,))
    try:
        disconnect(owner)
    finally:
        owner.app.config["SETTINGS"] = settings
    assert stored(owner.app).state == "disconnected"


def test_disconnecting_twice_changes_nothing_more(owner, sandbox):
    create_connection(owner.app, sandbox)
    disconnect(owner)
    ended = stored(owner.app).disconnected_at
    disconnect(owner)
    assert stored(owner.app).disconnected_at == ended
    assert [action for action, _ in audited(owner.app)] == ["connection.disconnected"]


def test_the_question_says_what_stays(owner, sandbox):
    create_connection(owner.app, sandbox)
    assert "Synced items, products and their links stay" in owner.page()
