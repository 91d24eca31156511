"""Which accounting systems there are. A further one is an entry here and a package of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.providers import quickbooks
from app.providers.base import AccountingProvider, Capabilities, ProviderSettings, Throttle
from app.providers.oauth import OAuthClient, TokenSource
from app.providers.options import TransportOptions
from app.providers.quickbooks.client import QuickBooks
from app.providers.quickbooks.oauth import QuickBooksOAuth
from app.providers.throttle import Limits

DEFAULTS = TransportOptions()


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    short_label: str
    capabilities: Capabilities
    limits: Limits
    client: Callable[[ProviderSettings, str, TokenSource, Throttle, TransportOptions], AccountingProvider]
    oauth: Callable[[ProviderSettings, TransportOptions], OAuthClient]


_ENTRIES = {
    "quickbooks": _Entry(
        label=quickbooks.LABEL,
        short_label=quickbooks.SHORT_LABEL,
        capabilities=quickbooks.CAPABILITIES,
        limits=quickbooks.LIMITS,
        client=QuickBooks,
        oauth=QuickBooksOAuth,
    ),
}


def names() -> tuple[str, ...]:
    """The providers by the names under which connections store them."""
    return tuple(_ENTRIES)


def label(provider: str) -> str:
    """What people call this provider."""
    return _ENTRIES[provider].label


def short_label(provider: str) -> str:
    """A few letters that stand for this provider, in the numbers we make up for what has none there."""
    return _ENTRIES[provider].short_label


def capabilities(provider: str) -> Capabilities:
    """What this provider can do; KeyError for a name that is not in `names()`."""
    return _ENTRIES[provider].capabilities


def limits(provider: str) -> Limits:
    """The limits that this provider publishes."""
    return _ENTRIES[provider].limits


def build(
    provider: str,
    settings: ProviderSettings,
    external_company_id: str,
    tokens: TokenSource,
    throttle: Throttle,
    options: TransportOptions = DEFAULTS,
) -> AccountingProvider:
    """One company's books, ready to be asked; nothing is sent yet."""
    return _ENTRIES[provider].client(settings, external_company_id, tokens, throttle, options)


def oauth_client(
    provider: str, settings: ProviderSettings, options: TransportOptions = DEFAULTS
) -> OAuthClient:
    """Lotledger as this provider's OAuth client."""
    return _ENTRIES[provider].oauth(settings, options)
