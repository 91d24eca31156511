"""Tokens, how they are got, and where they are kept; nothing here shows one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class TokenSet:
    """The tokens of one connection and the moments (UTC) at which they lapse; its repr keeps them to itself.

    `refresh_expires_at` is None where the provider does not say.
    """

    access_token: str
    refresh_token: str
    access_expires_at: datetime
    refresh_expires_at: datetime | None

    def __repr__(self) -> str:
        return f"<TokenSet, access until {self.access_expires_at:%Y-%m-%d %H:%M:%SZ}>"


class OAuthClient(Protocol):
    """Lotledger as a client of one provider's authorization server."""

    def authorization_url(self, redirect_uri: str, state: str) -> str:
        """The provider's page on which a person gives consent."""

    def exchange(self, code: str, redirect_uri: str) -> TokenSet:
        """The tokens for the code that the consent page gave; AuthorizationLost if it is not accepted."""

    def refresh(self, refresh_token: str) -> TokenSet:
        """New tokens; the old refresh token is to be counted as dead.

        AuthorizationLost when the provider no longer accepts it, TemporarilyUnavailable when it may yet do
        so, Rejected when our own credentials are wrong; in the last two cases the stored tokens stay as they
        are.
        """

    def revoke(self, token: str) -> None:
        """The grant is gone at the provider, whether it still was there or not."""


class TokenSource(Protocol):
    """Gives out one connection's access token, the same one to all processes."""

    def current(self) -> str:
        """A token that is good for some minutes, refreshed first if need be; raises AuthorizationLost."""

    def renew(self, rejected: str) -> str:
        """A token other than the one that the provider has just refused; raises AuthorizationLost."""
