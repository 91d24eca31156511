"""Consents and their tokens.

A *grant* is one consent: a company opened to the app. It has one refresh token at a time and any number of
access tokens. Rotation replaces the refresh token at each use, and the former value dies at once.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

REFRESH_LIFETIME = 8_726_400
"""Seconds; starts anew with each new value."""
HARD_LIFETIME = 5 * 365 * 86_400
"""Seconds from the consent, after which it has to be given again."""


class GrantRefused(Exception):
    """The code or refresh token is not, or no longer, good."""


@dataclass
class Grant:
    """One consent and what was issued for it."""

    realm: str
    consented_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    access_tokens: dict[str, datetime] = field(default_factory=dict)
    """Each with the moment at which it ends."""


@dataclass(frozen=True)
class _Code:
    realm: str
    redirect_uri: str
    expires_at: datetime


@dataclass(frozen=True)
class IssuedTokens:
    """What a token request is answered with; lifetimes in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    hard_expires_in: int


@dataclass
class Grants:
    """All consents. Not safe to use from several threads at once: callers hold the state's lock."""

    active: list[Grant] = field(default_factory=list)
    exchanged: int = 0
    refreshed: int = 0
    refused: int = 0
    revoked: int = 0
    _codes: dict[str, _Code] = field(default_factory=dict)

    def issue_code(self, realm: str, redirect_uri: str, lifetime: int) -> str:
        """A code that can be exchanged once, with the same redirect address, within `lifetime` seconds."""
        code = "XAB" + secrets.token_hex(24)
        self._codes[code] = _Code(realm, redirect_uri, _now() + timedelta(seconds=lifetime))
        return code

    def exchange(self, code: str, redirect_uri: str, access_lifetime: int) -> IssuedTokens:
        """A new consent's first tokens. Raises GrantRefused; the code is spent either way."""
        known = self._codes.pop(code, None)
        if known is None or known.expires_at <= _now() or known.redirect_uri != redirect_uri:
            self.refused += 1
            raise GrantRefused("Invalid authorization code")
        self.exchanged += 1
        return self.issue(known.realm, access_lifetime)

    def issue(self, realm: str, access_lifetime: int) -> IssuedTokens:
        """The first tokens of a consent to the company, without asking anybody."""
        grant = Grant(realm, _now(), _refresh_token(), _now() + timedelta(seconds=REFRESH_LIFETIME))
        self.active.append(grant)
        return _issued(grant, access_lifetime)

    def refresh(self, refresh_token: str, access_lifetime: int, *, rotate: bool) -> IssuedTokens:
        """A new access token, and with `rotate` a new refresh token. Raises GrantRefused."""
        for grant in self.active:
            if grant.refresh_token == refresh_token and grant.refresh_expires_at > _now():
                if rotate:
                    grant.refresh_token = _refresh_token()
                    grant.refresh_expires_at = _now() + timedelta(seconds=REFRESH_LIFETIME)
                self.refreshed += 1
                return _issued(grant, access_lifetime)
        self.refused += 1
        raise GrantRefused("Incorrect or invalid refresh token")

    def revoke(self, token: str) -> bool:
        """Ends the consent that the access or refresh token belongs to; False when there is none."""
        for grant in self.active:
            if token == grant.refresh_token or token in grant.access_tokens:
                self.active.remove(grant)
                self.revoked += 1
                return True
        return False

    def revoke_company(self, realm: str | None = None) -> int:
        """Ends the company's consents (None: every company's), as its user can; the number of them."""
        ended = [grant for grant in self.active if realm in (None, grant.realm)]
        self.active = [grant for grant in self.active if grant not in ended]
        self.revoked += len(ended)
        return len(ended)

    def expire_access(self, realm: str | None = None) -> int:
        """Ends the access tokens of the company (None: of all) but not its consents; the number of them."""
        expired = 0
        for grant in self.active:
            if realm in (None, grant.realm):
                expired += len(grant.access_tokens)
                grant.access_tokens.clear()
        return expired

    def realm_of(self, access_token: str) -> str | None:
        """The company that the access token opens; None when it opens none."""
        for grant in self.active:
            if grant.access_tokens.get(access_token, _now()) > _now():
                return grant.realm
        return None


def _now() -> datetime:
    return datetime.now(UTC)


def _refresh_token() -> str:
    return f"RT1-{secrets.randbelow(900) + 100}-H0-{secrets.token_hex(24)}"


def _issued(grant: Grant, access_lifetime: int) -> IssuedTokens:
    access_token = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0.." + secrets.token_urlsafe(700)
    grant.access_tokens = {token: ends for token, ends in grant.access_tokens.items() if ends > _now()}
    grant.access_tokens[access_token] = _now() + timedelta(seconds=access_lifetime)
    hard_end = grant.consented_at + timedelta(seconds=HARD_LIFETIME)
    return IssuedTokens(
        access_token=access_token,
        expires_in=access_lifetime,
        refresh_token=grant.refresh_token,
        refresh_expires_in=int((grant.refresh_expires_at - _now()).total_seconds()) + 1,
        hard_expires_in=int((hard_end - _now()).total_seconds()),
    )
