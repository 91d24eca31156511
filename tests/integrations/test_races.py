"""Several people, or several processes, at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.foundation.clock import utcnow
from app.integrations import service
from app.integrations.consent.attempts import Attempt
from app.integrations.consent.connecting import settle
from app.integrations.consent.grants import Grant
from app.integrations.rotation import rotate_keys
from app.integrations.tokens.current import ConnectionTokens
from app.providers.oauth import TokenSet
from tests.support.integrations import create_connection, refreshes
from tests.support.together import at_once


def grant_for(company_id: str) -> Grant:
    later = utcnow() + timedelta(hours=1)
    return Grant("quickbooks", company_id, f"Company {company_id}", "USD", TokenSet("a", "r", later, later))


def connect(company_id: str, user_id: int) -> Callable[[], object]:
    return lambda: settle(Attempt(1, "quickbooks", user_id, None), grant_for(company_id)).sentence


def test_five_companies_at_once_leave_two(app, owner):
    told = at_once(app, *[connect(str(number), owner.user_id) for number in range(1, 6)])
    assert sum("is connected" in str(each) for each in told) == 2
    assert sum("Two companies are connected already" in str(each) for each in told) == 3
    with app.app_context():
        assert len(service.connections()) == 2


def test_the_same_company_at_once_is_one_row(app, owner):
    told = at_once(app, *[connect("7", owner.user_id)] * 4)
    assert sum("is connected again" in str(each) for each in told) == 3
    with app.app_context():
        assert len(service.connections()) == 1


def test_refreshing_and_rotating_keys_at_once_lose_nothing(app, sandbox):
    create_connection(app, sandbox, access_expires_at=utcnow())
    at_once(app, *[lambda: ConnectionTokens(1).current()] * 3, *[rotate_keys] * 3)
    sandbox.control("tokens", {"expire": True})
    with app.app_context():
        assert ConnectionTokens(1).renew(ConnectionTokens(1).current())
    assert len(refreshes(sandbox)) == 2
