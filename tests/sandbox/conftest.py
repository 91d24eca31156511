"""A sandbox in this process, for what need not travel over HTTP, and one that listens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app.sandbox.app import create_sandbox
from app.sandbox.options import SandboxOptions
from app.sandbox.state import State
from tests.support.sandbox import SandboxProcess


class Api:
    """The Accounting API of one company, called with a good token unless told otherwise."""

    def __init__(self, client: Client, state: State, realm: str) -> None:
        self.client = client
        self.state = state
        self.realm = realm
        self.token = state.grants.issue(realm, 3600).access_token

    def get(
        self, path: str, accept: str = "application/json", token: str | None = None, **query: str
    ) -> TestResponse:
        headers = {"Accept": accept, "Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.get(f"/v3/company/{self.realm}/{path}", query_string=query, headers=headers)

    def query(self, statement: str) -> dict[str, Any]:
        """The QueryResponse for the statement."""
        answer = self.get("query", query=statement)
        assert answer.status_code == 200, answer.text
        response: dict[str, Any] = answer.json["QueryResponse"]
        return response

    def items(self, rest: str = "") -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.query(f"SELECT * FROM Item {rest}").get("Item", [])
        return listed

    def names(self, rest: str) -> list[str]:
        return [item["Name"] for item in self.items(rest)]

    def fault(self, statement: str) -> tuple[str, str]:
        """Code and detail with which the statement is refused."""
        answer = self.get("query", query=statement)
        assert answer.status_code == 400, answer.text
        error = answer.json["Fault"]["Error"][0]
        return error["code"], error["Detail"]


@pytest.fixture
def state(web: Client) -> State:
    return web.application.extensions["sandbox"]


@pytest.fixture
def web() -> Client:
    return create_sandbox(SandboxOptions(throttle=False)).test_client()


@pytest.fixture
def api(web: Client, state: State) -> Api:
    return Api(web, state, state.first_company.realm)


@pytest.fixture(scope="package")
def listening() -> Iterator[SandboxProcess]:
    with SandboxProcess(smtp=True) as process:
        yield process


@pytest.fixture
def process(listening: SandboxProcess) -> SandboxProcess:
    """The listening sandbox as freshly started."""
    listening.reset()
    return listening
