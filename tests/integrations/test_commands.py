"""`flask integrations …`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.integrations.gateway import open_provider
from app.integrations.models import ConnectionState
from tests.support.integrations import create_connection, stored

NEW_KEY = b"n" * 32


@pytest.fixture
def ring(app):
    """Sets the key ring for a while."""
    settings = app.config["SETTINGS"]

    def choose(*keys: bytes) -> None:
        app.config["SETTINGS"] = replace(settings, token_keys=keys)

    choose.old = settings.token_keys[0]
    yield choose
    app.config["SETTINGS"] = settings


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["integrations", *arguments])


def test_nothing_connected(app):
    assert run(app, "list").output == "No accounting system is connected.\n"
    assert json.loads(run(app, "list", "--json").output) == {"connections": []}


def test_the_list_tells_each_connections_health(app, sandbox, alder):
    create_connection(app, sandbox, state=ConnectionState.EXPIRED, last_problem="QuickBooks said no.")
    text = run(app, "list").output
    assert "Alder & Finch Woodworks (QuickBooks Online): Expired" in text
    assert "QuickBooks said no." in text
    (facts,) = json.loads(run(app, "list", "--json").output)["connections"]
    assert (facts["state"], facts["external_company_id"], facts["last_synced_at"]) == ("expired", alder, None)


def test_no_command_prints_a_token(app, sandbox):
    create_connection(app, sandbox)
    output = run(app, "list").output + run(app, "list", "--json").output + run(app, "rotate-keys").output
    assert "RT1-" not in output
    assert "eyJlbmMi" not in output


def test_after_rotation_the_old_key_can_go(app, sandbox, ring, alder, pottery):
    create_connection(app, sandbox, alder)
    create_connection(app, sandbox, pottery)
    ring(NEW_KEY, ring.old)
    done = run(app, "rotate-keys", "--json")
    assert (done.exit_code, json.loads(done.output)) == (0, {"secrets": 4, "re_encrypted": 4})
    ring(NEW_KEY)
    with app.app_context():
        assert open_provider(1).company().name == "Alder & Finch Woodworks"
        assert open_provider(2).company().name == "Second Street Pottery"


def test_rotating_again_changes_nothing(app, sandbox):
    create_connection(app, sandbox)
    before = stored(app).access_token
    assert json.loads(run(app, "rotate-keys", "--json").output) == {"secrets": 2, "re_encrypted": 0}
    assert stored(app).access_token == before


def test_a_missing_key_is_named_and_nothing_changes(app, sandbox, ring, alder, pottery):
    create_connection(app, sandbox, alder)
    ring(NEW_KEY)
    create_connection(app, sandbox, pottery)
    before = stored(app, 2).access_token
    ring(b"z" * 32, NEW_KEY)
    done = run(app, "rotate-keys")
    assert done.exit_code == 1
    assert "TOKEN_KEYS" in done.output
    assert stored(app, 2).access_token == before


def test_a_consent_that_waits_for_a_decision_is_rotated_too(owner, sandbox, ring, alder, pottery):
    create_connection(owner.app, sandbox, alder)
    owner.connect(pottery, connection_id=1)
    ring(NEW_KEY, ring.old)
    assert json.loads(run(owner.app, "rotate-keys", "--json").output)["re_encrypted"] == 3
    ring(NEW_KEY)
    owner.post("/integrations/attempts/1", decision="switch")
    assert stored(owner.app, 2).state == "active"
