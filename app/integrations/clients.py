"""Who we are at each provider, and how patient: clients ready to be used, without any connection."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from app.foundation.redis import redis_client
from app.integrations.errors import NotConfigured
from app.providers import registry
from app.providers.oauth import OAuthClient
from app.providers.options import TransportOptions
from app.providers.throttle import Limits, RedisThrottle
from config import ProviderSettings, Settings


def settings_for(provider: str) -> ProviderSettings:
    """This installation's settings for a provider of the registry."""
    settings: Settings = current_app.config["SETTINGS"]
    return {"quickbooks": settings.quickbooks}[provider]


def is_configured(provider: str) -> bool:
    """Whether the operator has set the credentials of a developer app."""
    return settings_for(provider).configured


def options() -> TransportOptions:
    """How patient background work is; the configuration's `PROVIDER_OPTIONS`, where set, decides."""
    chosen: TransportOptions | None = current_app.config.get("PROVIDER_OPTIONS")
    return chosen or TransportOptions()


def refresh_options() -> TransportOptions:
    """One short try, because others wait for the row meanwhile; whoever asked for the token tries again."""
    base = options()
    return replace(
        base,
        read_timeout=min(base.read_timeout, 30),
        total_timeout=min(base.total_timeout, 40),
        attempts=1,
    )


def page_options() -> TransportOptions:
    """For the few calls that a person waits for in the browser."""
    base = options()
    return replace(
        base,
        connect_timeout=min(base.connect_timeout, 5),
        read_timeout=min(base.read_timeout, 15),
        total_timeout=min(base.total_timeout, 20),
        attempts=min(base.attempts, 2),
        rate_limit_wait=min(base.rate_limit_wait, 3),
        max_wait=min(base.max_wait, 3),
    )


def oauth_client(provider: str, patience: TransportOptions) -> OAuthClient:
    """Lotledger at the provider's authorization server; raises NotConfigured without credentials."""
    settings = settings_for(provider)
    if not settings.configured:
        raise NotConfigured(registry.label(provider))
    return registry.oauth_client(provider, settings, patience)


def throttle_for(provider: str, external_company_id: str) -> RedisThrottle:
    """The company's turns, shared by all processes; a company keeps its count when it is connected again.

    The configuration's `PROVIDER_LIMITS`, where set, stand in for the published limits.
    """
    key = f"{provider}:{external_company_id}"
    limits: Limits | None = current_app.config.get("PROVIDER_LIMITS")
    return RedisThrottle(redis_client(), key, limits or registry.limits(provider))


def redirect_uri(provider: str) -> str:
    """Where the provider sends the browser back to; the developer app must list it letter for letter."""
    return f"{current_app.config['SETTINGS'].app_url}/integrations/{provider}/callback"
