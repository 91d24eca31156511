"""Every setting of an installation, read once from the environment.

`docs/configuration.md` explains each to the person who runs the server. Nothing else in the program reads
environment variables.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_INSTANCE = Path(__file__).resolve().parent / "instance"

QBO_API = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
KEY_BYTES = 32


class SettingError(ValueError):
    """A setting is missing or wrong; the text says which and what to do."""


@dataclass(frozen=True)
class ProviderSettings:
    """Where one accounting system is reached and who we are there."""

    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    revoke_url: str
    api_url: str

    @property
    def configured(self) -> bool:
        """Whether somebody entered the credentials of a developer app."""
        return bool(self.client_id and self.client_secret)


@dataclass(frozen=True)
class MailSettings:
    """The mail server; no `server` means that no mail goes out."""

    server: str = ""
    port: int = 25
    username: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = False
    default_sender: str = "lotledger@localhost"


@dataclass(frozen=True)
class Settings:
    """One installation's settings."""

    secret_key: str = field(repr=False)
    token_keys: tuple[bytes, ...] = field(repr=False)
    quickbooks: ProviderSettings
    mail: MailSettings
    app_url: str = "http://localhost:8000"
    database_url: str | None = None
    redis_url: str | None = None
    instance_dir: Path = DEFAULT_INSTANCE

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that `environ` describes; raises SettingError naming the first thing to mend."""
        return cls(
            secret_key=_secret_key(environ),
            token_keys=parse_token_keys(environ.get("TOKEN_KEYS", "")),
            quickbooks=_quickbooks(environ),
            mail=_mail(environ),
            app_url=_url(environ, "APP_URL", "http://localhost:8000", plain_ok=True),
            database_url=_database_url(environ.get("DATABASE_URL", "")),
            redis_url=environ.get("REDIS_URL") or None,
            instance_dir=Path(environ.get("INSTANCE_DIR") or DEFAULT_INSTANCE).resolve(),
        )


def parse_token_keys(text: str) -> tuple[bytes, ...]:
    """The key ring in `TOKEN_KEYS`: comma-separated, URL-safe base64, 32 bytes each, first one encrypts."""
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise SettingError(
            "TOKEN_KEYS is not set. It encrypts the accounting system's tokens. Make one with: python3 -c "
            "'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    return tuple(_token_key(name, position) for position, name in enumerate(names, start=1))


def _token_key(text: str, position: int) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingError(f"TOKEN_KEYS: key {position} is not 32 bytes in URL-safe base64.")
    return key


def _secret_key(environ: Mapping[str, str]) -> str:
    value = environ.get("SECRET_KEY", "")
    if len(value) < 16:
        raise SettingError(
            "SECRET_KEY is not set (or is shorter than 16 characters). It signs the sessions. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    return value


def _quickbooks(environ: Mapping[str, str]) -> ProviderSettings:
    environment = environ.get("QBO_ENVIRONMENT") or "production"
    if environment not in QBO_API:
        raise SettingError("QBO_ENVIRONMENT must be 'production' or 'sandbox'.")
    return ProviderSettings(
        client_id=environ.get("QBO_CLIENT_ID", ""),
        client_secret=environ.get("QBO_CLIENT_SECRET", ""),
        authorize_url=_url(environ, "QBO_AUTHORIZE_URL", "https://appcenter.intuit.com/connect/oauth2"),
        token_url=_url(environ, "QBO_TOKEN_URL", "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"),
        revoke_url=_url(
            environ, "QBO_REVOKE_URL", "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
        ),
        api_url=_url(environ, "QBO_API_URL", QBO_API[environment]),
    )


def _mail(environ: Mapping[str, str]) -> MailSettings:
    return MailSettings(
        server=environ.get("MAIL_SERVER", ""),
        port=_integer(environ, "MAIL_PORT", 25),
        username=environ.get("MAIL_USERNAME", ""),
        password=environ.get("MAIL_PASSWORD", ""),
        use_tls=environ.get("MAIL_USE_TLS", "").lower() in {"1", "true", "yes", "on"},
        default_sender=environ.get("MAIL_DEFAULT_SENDER") or "lotledger@localhost",
    )


def _database_url(text: str) -> str | None:
    """SQLAlchemy's spelling of a PostgreSQL address, whichever common spelling was given."""
    if not text:
        return None
    scheme, separator, rest = text.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise SettingError("DATABASE_URL must start with postgresql:// (Lotledger needs PostgreSQL 14 or later).")


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdigit():
        raise SettingError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _url(environ: Mapping[str, str], name: str, default: str, *, plain_ok: bool = False) -> str:
    """An address without trailing slash; plain http only on loopback, unless it is our own (`plain_ok`)."""
    text = (environ.get(name) or default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"{name} must be an address such as {default}.")
    if parts.scheme == "http" and not (plain_ok or _is_loopback(parts.hostname)):
        raise SettingError(f"{name} must use https (plain http is accepted for this machine only).")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
