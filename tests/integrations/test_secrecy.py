"""No token, code or state in a page, a log line or a traceback, whatever happens."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta

import pytest

from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.gateway import open_provider
from app.integrations.locks import locked
from app.integrations.tokens import vault
from app.integrations.tokens.current import ConnectionTokens
from app.providers.errors import AuthorizationLost
from tests.support.integrations import stored

MARKS = ("RT1-", "eyJlbmMi", "XAB", "sandbox-secret")
"""How the sandbox's refresh tokens, access tokens and codes begin; and the client's secret."""


def end_access(app) -> None:
    with app.app_context(), transaction() as session:
        locked(session, 1).access_expires_at = utcnow() - timedelta(minutes=1)


def test_a_whole_life_leaves_no_secret_anywhere(owner, sandbox, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    back = owner.consent(owner.depart())
    for kind in ("server_error", "slow"):
        sandbox.fault(kind, contains="tokens/bearer", times=2, seconds=3)
        owner.come_back(back)
        sandbox.clear_faults()
        seen.append(owner.page())
        back = owner.consent(owner.depart())
    owner.come_back(back)
    seen.append(owner.page())
    end_access(owner.app)
    with owner.app.app_context():
        secrets = [vault.access_token(stored(owner.app)), vault.refresh_token(stored(owner.app))]
        seen.append(repr(open_provider(1).company()))
        secrets += [vault.access_token(stored(owner.app)), vault.refresh_token(stored(owner.app))]
    end_access(owner.app)
    sandbox.control("tokens", {"revoke": True})
    with owner.app.app_context(), pytest.raises(AuthorizationLost) as lost:
        ConnectionTokens(1).current()
    seen += traceback.format_exception(lost.value)
    seen.append(owner.page())
    owner.post("/settings/integrations/1/disconnect")
    seen.append(owner.page())
    captured = capfd.readouterr()
    everything = "\n".join([*seen, captured.out, captured.err, caplog.text])
    assert "tokens refreshed" in everything  # the log was looked at
    for secret in (*secrets, *MARKS):
        assert secret not in everything
