"""A person at a browser who connects QuickBooks, and connections that are simply there."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.integrations.models import Connection, ConnectionState
from app.integrations.tokens.vault import store_tokens
from app.providers.oauth import TokenSet
from app.providers.options import TransportOptions
from tests.support.people import create_user, sign_in
from tests.support.sandbox import SandboxProcess

IMPATIENT = TransportOptions(
    connect_timeout=2,
    read_timeout=1,
    total_timeout=2,
    attempts=3,
    backoff=0.01,
    rate_limit_wait=0.05,
    max_wait=0.2,
)
INTEGRATIONS = "/settings/integrations"
CONNECT = "/integrations/quickbooks/connect"
CALLBACK = "/integrations/quickbooks/callback"


class Visitor:
    """A new member, signed in at a browser of their own.

    No context of the app may be open while the browser is used, since Flask would share it with the requests.
    """

    def __init__(self, app: Flask, sandbox: SandboxProcess, role: str = "owner") -> None:
        self.app = app
        self.sandbox = sandbox
        self.client = app.test_client()
        with app.app_context():
            user = create_user(role)
            self.user_id = user.id
            sign_in(self.client, user)

    def page(self, path: str = INTEGRATIONS) -> str:
        """The page's HTML; fails unless it is shown."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (answer.status, answer.headers.get("Location"))
        return answer.text

    def post(self, path: str, **fields: Any) -> TestResponse:
        """A form of ours is sent, with the token that the page carries."""
        return self.client.post(path, data=fields, headers={"X-CSRFToken": self._csrf_token()})

    def depart(self, **fields: Any) -> str:
        """The address of the consent page, after *Connect to QuickBooks* or *Reconnect*."""
        answer = self.post(CONNECT, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def consent(self, address: str, realm: str | None = None, *, allow: bool = True) -> str:
        """Looks at the consent page and presses a button; the address to which it sends the browser back."""
        page = requests.get(address, timeout=10)
        assert page.status_code == 200, page.text
        return self.sandbox.decide(address, realm=realm, allow=allow)

    def come_back(self, address: str) -> TestResponse:
        """Follows the provider's redirect to us, which must answer with one to a page of ours."""
        parts = urlsplit(address)
        answer = self.client.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].startswith("/")
        return answer

    def connect(self, realm: str | None = None, **fields: Any) -> TestResponse:
        """The whole walk, with consent."""
        return self.come_back(self.consent(self.depart(**fields), realm))

    def notices(self) -> list[str]:
        """The sentences that the next page shows above its heading."""
        found = re.findall(r'<div class="notice \w+" role="\w+"><p>(.*?)</p></div>', self.page())
        return [unescape(re.sub(r"<[^>]+>", "", text)) for text in found]

    def _csrf_token(self) -> str:
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', self.client.get(INTEGRATIONS).text)
        assert found
        return found[1]


def store_connection(sandbox: SandboxProcess, realm: str | None = None, **overrides: Any) -> int:
    """The id of a stored connection to one of the sandbox's companies, with tokens that work.

    Needs an open application context.
    """
    issued = sandbox.tokens(realm)
    later = utcnow() + timedelta(hours=1)
    names = {company["realm"]: company["name"] for company in sandbox.companies()}
    values: dict[str, Any] = {
        "provider": "quickbooks",
        "external_company_id": issued["realm"],
        "company_name": names[issued["realm"]],
        "currency": "USD",
        "state": ConnectionState.ACTIVE,
        "item_types": ["inventory", "service", "bundle"],
        "connected_at": utcnow(),
        "access_token": b"",
        "refresh_token": b"",
    }
    with transaction() as session:
        connection = Connection(**(values | overrides))
        session.add(connection)
        session.flush()
        store_tokens(connection, TokenSet(issued["access_token"], issued["refresh_token"], later, later))
        for name, value in overrides.items():
            setattr(connection, name, value)
    return connection.id


def store_bare_connection(name: str, item_types: list[str]) -> int:
    """The id of a stored connection to a provider that looks at no token, the first of its kind."""
    later = utcnow() + timedelta(days=1)
    connection = Connection(
        provider="quickbooks",
        external_company_id="9130347000000001",
        company_name=name,
        state=ConnectionState.ACTIVE,
        item_types=item_types,
        connected_at=utcnow(),
        access_token=b"",
        refresh_token=b"",
    )
    with transaction() as session:
        session.add(connection)
        session.flush()
        store_tokens(connection, TokenSet("access", "refresh", later, later))
    return connection.id


def create_connection(app: Flask, sandbox: SandboxProcess, realm: str | None = None, **overrides: Any) -> int:
    """The same for tests without an open context."""
    with app.app_context():
        return store_connection(sandbox, realm, **overrides)


def stored(app: Flask, connection_id: int = 1) -> Connection:
    """The connection as the database has it now; may be called with or without an open context."""
    with app.app_context():
        connection = db.session.get_one(Connection, connection_id)
        db.session.expunge(connection)
    return connection


def audited(app: Flask) -> list[tuple[str, str]]:
    """The audit log's actions and subjects, oldest first."""
    with app.app_context():
        return [
            (entry.action, entry.subject)
            for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]


def refreshes(sandbox: SandboxProcess) -> list[dict[str, Any]]:
    """The refresh requests that the sandbox has seen."""
    return sandbox.requests("grant_type=refresh_token")
