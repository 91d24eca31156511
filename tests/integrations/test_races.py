"""Several people, or several processes, at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask

from app.foundation.clock import utcnow
from app.foundation.errors import LotledgerError
from app.integrations import service
from app.integrations.attempts import Attempt
from app.integrations.connecting import settle
from app.integrations.grants import Grant
from app.integrations.rotation import rotate_keys
from app.integrations.tokens import ConnectionTokens
from app.providers.oauth import TokenSet
from tests.support.integrations import create_connection, refreshes


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """What each of `works` returned or raised, all started at one moment, each in its own context."""
    start = Barrier(len(works))

    def done(work: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return work()
            except LotledgerError as error:
                return error.message

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(done, works))


def grant_for(company_id: str) -> Grant:
    later = utcnow() + timedelta(hours=1)
    return Grant("quickbooks", company_id, f"Company {company_id}", "USD", TokenSet("a", "r", later, later))


def connect(company_id: str, user_id: int) -> Callable[[], object]:
    return lambda: settle(Attempt(1, "quickbooks", user_id, None), grant_for(company_id)).sentence


def test_five_companies_at_once_leave_two(app, owner):
    told = at_once(app, *[connect(str(number), owner.user_id) for number in range(1, 6)])
    assert sum("is connected" in sentence for sentence in told) == 2
    assert sum("Two companies are connected already" in sentence for sentence in told) == 3
    with app.app_context():
        assert len(service.connections()) == 2


def test_the_same_company_at_once_is_one_row(app, owner):
    told = at_once(app, *[connect("7", owner.user_id)] * 4)
    assert sum("is connected again" in sentence for sentence in told) == 3
    with app.app_context():
        assert len(service.connections()) == 1


def test_refreshing_and_rotating_keys_at_once_lose_nothing(app, sandbox):
    create_connection(app, sandbox, access_expires_at=utcnow())
    at_once(app, *[lambda: ConnectionTokens(1).current()] * 3, *[rotate_keys] * 3)
    sandbox.control("tokens", {"expire": True})
    with app.app_context():
        assert ConnectionTokens(1).renew(ConnectionTokens(1).current())
    assert len(refreshes(sandbox)) == 2
