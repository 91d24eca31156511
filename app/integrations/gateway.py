"""One company's books, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.integrations.clients import options, page_options, settings_for, throttle_for
from app.integrations.service import get_connection
from app.integrations.tokens.current import ConnectionTokens
from app.providers import registry
from app.providers.base import AccountingProvider, RemoteCompany
from app.providers.errors import AuthorizationLost
from app.providers.oauth import TokenSet
from app.providers.options import never


def open_provider(connection_id: int, should_stop: Callable[[], bool] = never) -> AccountingProvider:
    """The connection's books; nothing is asked yet. `should_stop` may end waiting from any thread.

    Raises NotFoundError. Needs an application context now, but not when the provider is used.
    """
    connection = get_connection(connection_id)
    return registry.build(
        connection.provider,
        settings_for(connection.provider),
        connection.external_company_id,
        ConnectionTokens(connection.id),
        throttle_for(connection.provider, connection.external_company_id),
        replace(options(), should_stop=should_stop),
    )


def ask_company(provider: str, external_company_id: str, tokens: TokenSet) -> RemoteCompany:
    """The company that fresh tokens open, asked before anything is stored; raises ProviderError."""
    books = registry.build(
        provider,
        settings_for(provider),
        external_company_id,
        _FreshTokens(tokens.access_token),
        throttle_for(provider, external_company_id),
        page_options(),
    )
    try:
        return books.company()
    finally:
        books.close()


class _FreshTokens:
    """The token that just came, for the one question before it is stored."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        return self._token

    def renew(self, rejected: str) -> str:  # noqa: ARG002  the protocol's signature
        raise AuthorizationLost("The accounting system refused the access that it had just granted.")
