"""Access tokens: refreshed in time, once for all, and never lost."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.crypto import BrokenSeal
from app.foundation.transaction import transaction
from app.integrations.errors import ConnectionBusy
from app.integrations.gateway import open_provider
from app.integrations.locks import locked
from app.integrations.models import Connection
from app.integrations.tokens import vault
from app.integrations.tokens.current import ConnectionTokens
from app.providers.errors import AuthorizationLost, TemporarilyUnavailable
from tests.support.integrations import create_connection, refreshes, stored


def in_minutes(minutes: float):
    return utcnow() + timedelta(minutes=minutes)


def test_a_good_token_is_used_as_it_is(app, context, sandbox):
    tokens = ConnectionTokens(create_connection(app, sandbox))
    assert tokens.current() == tokens.current()
    assert refreshes(sandbox) == []


@pytest.mark.parametrize("minutes", [-60, 0, 4.9])
def test_a_token_that_ends_within_five_minutes_is_refreshed_first(app, context, sandbox, minutes):
    create_connection(app, sandbox, access_expires_at=in_minutes(minutes))
    before = stored(app)
    assert open_provider(1).company().name == "Alder & Finch Woodworks"
    after = stored(app)
    assert len(refreshes(sandbox)) == 1
    assert after.access_expires_at > in_minutes(55)
    assert after.refresh_token != before.refresh_token


def test_a_token_that_the_provider_ended_early_is_renewed_once(app, context, sandbox):
    create_connection(app, sandbox)
    sandbox.control("tokens", {"expire": True})
    assert open_provider(1).company().name == "Alder & Finch Woodworks"
    assert len(refreshes(sandbox)) == 1


def test_the_new_token_is_committed_before_it_is_given_out(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=in_minutes(0))
    token = ConnectionTokens(1).current()
    assert vault.access_token(stored(app)) == token


def test_renewing_what_another_process_renewed_asks_nobody(app, context, sandbox):
    tokens = ConnectionTokens(create_connection(app, sandbox))
    assert tokens.renew("an older token") == tokens.current()
    assert refreshes(sandbox) == []


def test_the_callers_transaction_is_neither_committed_nor_in_the_way(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=in_minutes(0))
    db.session.execute(
        text(
            "INSERT INTO sync_runs (kind, connection_id, title, queued_at)"
            " VALUES ('item_sync', 1, 'A run', now())"
        )
    )
    ConnectionTokens(1).current()
    db.session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM sync_runs")) == 0


def test_tokens_can_be_asked_for_from_a_thread_without_context(app, context, sandbox):
    provider = open_provider(create_connection(app, sandbox, access_expires_at=in_minutes(0)))
    names: list[str] = []
    thread = Thread(target=lambda: names.append(provider.company().name))
    thread.start()
    thread.join()
    assert names == ["Alder & Finch Woodworks"]


def test_a_consent_that_was_withdrawn_expires_the_connection(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=in_minutes(0))
    sandbox.control("tokens", {"revoke": True})
    with pytest.raises(AuthorizationLost, match="Reconnect"):
        ConnectionTokens(1).current()
    connection = stored(app)
    assert connection.state == "expired"
    assert "Reconnect" in connection.last_problem
    assert connection.last_trace_id.startswith("1-")


def test_an_expired_connection_asks_the_provider_no_more(app, context, sandbox):
    create_connection(app, sandbox, state="expired")
    sandbox.forget_requests()
    with pytest.raises(AuthorizationLost, match="has expired"):
        open_provider(1).company()
    assert sandbox.requests() == []


def test_a_disconnected_connection_gives_no_token(app, context, sandbox):
    create_connection(
        app,
        sandbox,
        state="disconnected",
        access_token=None,
        refresh_token=None,
        disconnected_at=utcnow(),
    )
    with pytest.raises(AuthorizationLost, match="was disconnected"):
        ConnectionTokens(1).current()


@pytest.mark.parametrize("kind", ["server_error", "unavailable", "rate_limit", "silent"])
def test_an_unwell_provider_costs_no_tokens(app, context, sandbox, kind):
    create_connection(app, sandbox, access_expires_at=in_minutes(-1))
    sandbox.fault(kind, contains="tokens/bearer", times=2, seconds=2)
    before = stored(app).refresh_token
    with pytest.raises(Exception, match=r"\."):
        ConnectionTokens(1).current()
    assert (stored(app).state, stored(app).refresh_token) == ("active", before)
    sandbox.clear_faults()
    assert ConnectionTokens(1).current()


def test_a_token_that_still_works_is_used_while_refreshing_fails(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=in_minutes(3))
    sandbox.fault("unavailable", contains="tokens/bearer", times=2)
    assert open_provider(1).company().name == "Alder & Finch Woodworks"


def test_a_ciphertext_moved_to_another_row_opens_nothing(app, context, sandbox, alder, pottery):
    create_connection(app, sandbox, alder)
    create_connection(app, sandbox, pottery)
    with transaction() as session:
        session.execute(
            text("UPDATE connections SET access_token = (SELECT access_token FROM connections WHERE id = 1)")
        )
    assert ConnectionTokens(1).current()
    with pytest.raises(BrokenSeal, match="cannot be read"):
        ConnectionTokens(2).current()


def test_a_ciphertext_moved_to_the_other_column_opens_nothing(app, context, sandbox):
    create_connection(app, sandbox)
    with transaction() as session:
        session.execute(text("UPDATE connections SET access_token = refresh_token"))
    with pytest.raises(BrokenSeal):
        ConnectionTokens(1).current()


def test_waiting_for_the_row_has_an_end(app, context, sandbox):
    create_connection(app, sandbox, access_expires_at=in_minutes(0))
    with app.app_context(), transaction() as session:
        locked(session, 1)
        with pytest.raises(ConnectionBusy, match="Try again"):
            ConnectionTokens(1).current()


def test_reading_tokens_shows_none(app, context, sandbox):
    create_connection(app, sandbox)
    connection = db.session.get_one(Connection, 1)
    shown = repr(connection) + repr(ConnectionTokens(1)) + repr(open_provider(1))
    assert vault.access_token(connection) not in shown
    assert "RT1-" not in shown


def test_a_busy_connection_counts_as_a_passing_failure():
    assert issubclass(ConnectionBusy, TemporarilyUnavailable)
