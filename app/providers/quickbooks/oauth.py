"""Lotledger as an OAuth client of Intuit (section 1): consent, exchange, refresh, revoke."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import requests
from authlib.integrations.requests_client import OAuth2Session
from urllib3.exceptions import HTTPError

from app.foundation.clock import utcnow
from app.providers.base import ProviderSettings
from app.providers.errors import MalformedResponse
from app.providers.guard import guard, require_secure
from app.providers.oauth import TokenSet
from app.providers.options import TransportOptions
from app.providers.quickbooks.faults import DIALECT, NAME
from app.providers.quickbooks.tokens import AnswerLost, refusal, token_document, token_set
from app.providers.transport import answer_of, network_error

T = TypeVar("T")

SCOPE = "com.intuit.quickbooks.accounting"

_LOST = "QuickBooks no longer accepts this connection. Reconnect it."
_CODE_REFUSED = (
    "QuickBooks did not accept the consent, which is good once and for a few minutes only. Connect again."
)


class QuickBooksOAuth:
    """Speaks to Intuit's authorization server in the name of one developer app."""

    def __init__(self, settings: ProviderSettings, options: TransportOptions) -> None:
        self._settings = settings
        self._options = options
        self._bounds = {"timeout": (options.connect_timeout, options.read_timeout), "allow_redirects": False}

    def authorization_url(self, redirect_uri: str, state: str) -> str:
        """Intuit's consent page; it comes back to `redirect_uri` with `code`, `state` and `realmId`."""
        with self._session(_LOST) as session:
            url, _ = session.create_authorization_url(
                require_secure(self._settings.authorize_url),
                state=state,
                redirect_uri=redirect_uri,
                scope=SCOPE,
            )
        return str(url)

    def exchange(self, code: str, redirect_uri: str) -> TokenSet:
        """The first tokens; raises AuthorizationLost when the code is used, old, or not for this address."""
        with self._session(_CODE_REFUSED) as session:
            return self._tokens(
                lambda url: session.fetch_token(
                    url, grant_type="authorization_code", code=code, redirect_uri=redirect_uri, **self._bounds
                )
            )

    def refresh(self, refresh_token: str) -> TokenSet:
        """New tokens. When the answer is lost on its way, Intuit is asked once more with the same token."""
        with self._session(_LOST) as session:

            def ask(url: str) -> dict[str, Any]:
                return dict(session.refresh_token(url, refresh_token=refresh_token, **self._bounds))

            try:
                return self._tokens(ask)
            except AnswerLost:
                return self._tokens(ask)

    def revoke(self, token: str) -> None:
        """The whole grant of this token is gone; a 400 says that it already was."""
        with self._session(_LOST) as session:
            response = self._sent(
                lambda: session.post(
                    require_secure(self._settings.revoke_url),
                    json={"token": token},
                    headers={"Accept": "application/json"},
                    auth=(self._settings.client_id, self._settings.client_secret),
                    **self._bounds,
                )
            )
        answer = answer_of(response, DIALECT)
        error = None if answer.status == 400 else refusal(answer, _LOST)
        if error:
            raise error

    def _session(self, refused: str) -> OAuth2Session:
        """A session for one errand, since Authlib's remembers the tokens that it was given."""
        session = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106  a method's name
        )
        guard(session, self._options)

        def judged(response: requests.Response) -> requests.Response:
            answer = answer_of(response, DIALECT)
            if error := refusal(answer, refused):
                raise error
            token_document(answer)
            return response

        session.register_compliance_hook("access_token_response", judged)
        session.register_compliance_hook("refresh_token_response", judged)
        return session

    def _tokens(self, ask: Callable[[str], dict[str, Any]]) -> TokenSet:
        asked_at = utcnow()
        document = self._sent(lambda: ask(require_secure(self._settings.token_url)))
        if "refresh_token" not in document:
            raise MalformedResponse("QuickBooks answered without a refresh token. Connect again.")
        return token_set(document, asked_at)

    def _sent(self, send: Callable[[], T]) -> T:
        """What `send` gives; errors are raised unchained, because the request they hold has tokens in it."""
        try:
            return send()
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ContentDecodingError,
            HTTPError,
        ) as error:
            raise AnswerLost(network_error(error, NAME, self._options).message) from None
        except (requests.RequestException, ValueError) as error:
            raise network_error(error, NAME, self._options) from None
