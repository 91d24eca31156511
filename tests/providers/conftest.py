"""A stub server, patience measured in milliseconds, and tokens that count their renewals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.providers import registry
from app.providers.base import AccountingProvider
from app.providers.options import TransportOptions
from config import ProviderSettings
from tests.support.stub_server import StubServer

REALM = "1234567890"


class CountedTokens:
    """A token source whose tokens are named by number."""

    def __init__(self, first: str = "token-0") -> None:
        self.token = first
        self.renewed: list[str] = []

    def current(self) -> str:
        return self.token

    def renew(self, rejected: str) -> str:
        self.renewed.append(rejected)
        self.token = f"token-{len(self.renewed)}"
        return self.token


class OpenThrottle:
    """Everybody's turn at once."""

    @contextmanager
    def slot(self, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
        yield


def quick(**changes: object) -> TransportOptions:
    """Options under which a test does not wait: real bounds, short ones."""
    options = {
        "connect_timeout": 2.0,
        "read_timeout": 2.0,
        "total_timeout": 5.0,
        "backoff": 0.001,
        "rate_limit_wait": 0.001,
        "max_wait": 0.002,
    }
    return TransportOptions(**{**options, **changes})  # type: ignore[arg-type]


def settings_at(url: str) -> ProviderSettings:
    """A developer app whose provider answers at `url`."""
    return ProviderSettings(
        client_id="client",
        client_secret="secret",
        authorize_url=f"{url}/connect/oauth2",
        token_url=f"{url}/token",
        revoke_url=f"{url}/revoke",
        api_url=url,
    )


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with StubServer() as server:
        yield server


@pytest.fixture
def tokens() -> CountedTokens:
    return CountedTokens()


Books = Callable[..., AccountingProvider]


@pytest.fixture
def books(stub: StubServer, tokens: CountedTokens) -> Iterator[Books]:
    """Builds the stub's company as a provider; keyword arguments change the options."""
    opened: list[AccountingProvider] = []

    def build(**changes: object) -> AccountingProvider:
        provider = registry.build(
            "quickbooks", settings_at(stub.url), REALM, tokens, OpenThrottle(), quick(**changes)
        )
        opened.append(provider)
        return provider

    yield build
    for provider in opened:
        provider.close()
