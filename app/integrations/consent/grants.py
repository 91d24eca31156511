"""What a consent brought: a company and the tokens that open it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from app.extensions import db
from app.foundation.errors import LotledgerError
from app.integrations.clients import oauth_client, page_options, redirect_uri
from app.integrations.errors import ConsentFailed
from app.integrations.gateway import ask_company
from app.integrations.models import Connection, ConnectionState
from app.providers import registry
from app.providers.errors import AuthorizationLost, ProviderError
from app.providers.oauth import TokenSet

log = structlog.get_logger()

LONGEST_NAME = 200


@dataclass(frozen=True)
class Grant:
    """One company's consent, not stored yet; its repr shows no token."""

    provider: str
    company_id: str
    company_name: str
    currency: str | None
    tokens: TokenSet

    def sealed_text(self) -> str:
        """Everything as text, to be sealed at once."""
        tokens = asdict(self.tokens)
        return json.dumps(asdict(self) | {"tokens": tokens}, default=datetime.isoformat)

    @classmethod
    def from_sealed_text(cls, text: str) -> Grant:
        """The grant that `sealed_text` wrote down."""
        values: dict[str, Any] = json.loads(text)
        tokens = values.pop("tokens")
        for moment in ("access_expires_at", "refresh_expires_at"):
            tokens[moment] = tokens[moment] and datetime.fromisoformat(tokens[moment])
        return cls(tokens=TokenSet(**tokens), **values)


def obtain(provider: str, code: str, company_id: str) -> Grant:
    """The grant behind a consent page's answer, its company asked for its name; raises ConsentFailed.

    A web process that dies here takes the first tokens with it. Nothing is lost that needs saving, as with a
    refresh (`refresher.py`): no connection hangs on them yet, and the person simply connects again.
    """
    label = registry.label(provider)
    try:
        tokens = oauth_client(provider, page_options()).exchange(code, redirect_uri(provider))
    except AuthorizationLost as error:
        raise _failed(
            f"{label} did not accept the consent: it was used already, or is too old.", error
        ) from None
    except ProviderError as error:
        raise _failed(error.message, error) from None
    try:
        company = ask_company(provider, company_id, tokens)
    except ProviderError as error:
        give_back(provider, company_id, tokens)
        raise _failed(f"{label} agreed, but the company could not be read. {error.message}", error) from None
    name = company.name.strip()[:LONGEST_NAME]
    if not name:
        give_back(provider, company_id, tokens)
        raise ConsentFailed(f"{label} did not tell the company's name. Nothing was changed; connect again.")
    return Grant(provider, company_id, name, company.currency, tokens)


def give_back(provider: str, company_id: str, tokens: TokenSet) -> None:
    """The provider was asked to forget a consent that is not used, unless a connection lives on it."""
    alive = select(Connection.id).where(
        Connection.provider == provider,
        Connection.external_company_id == company_id,
        Connection.state != ConnectionState.DISCONNECTED,
    )
    in_use = db.session.scalar(alive) is not None
    db.session.rollback()
    if in_use:
        return
    try:
        oauth_client(provider, page_options()).revoke(tokens.refresh_token)
    except LotledgerError as error:
        log.warning("unused consent not revoked", provider=provider, reason=error.message)


def _failed(sentence: str, error: ProviderError) -> ConsentFailed:
    log.warning("consent failed", reason=error.message, trace_id=error.trace_id)
    reference = f" (Reference for the provider's support: {error.trace_id}.)" if error.trace_id else ""
    return ConsentFailed(f"{sentence} Nothing was changed; connect again.{reference}")
