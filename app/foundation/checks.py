"""What `doctor` looks at: settings, servers, tables, workers, mail, keys. Rooms add checks of their own."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from urllib.parse import urlsplit

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text

from app.extensions import db
from app.foundation.background.processes import ROOT
from app.foundation.crypto import SealError
from app.foundation.health import readiness
from app.foundation.keys import key_ring
from app.foundation.smtp import VerifyingSMTP
from config import Settings

OLDEST_POSTGRES = 140000
SMTP_SECONDS = 5


class State(StrEnum):
    """How a check went; a note is worth knowing and nothing to repair."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing looked at, in words; `advice` says what to do about it."""

    name: str
    state: State
    detail: str
    advice: str = ""


Check = Callable[[], Iterator[Finding]]
_more_checks: list[Check] = []


def register_check(check: Check) -> None:
    """The doctor runs `check` too, after its own, where the tables are up to date; again changes nothing."""
    if check not in _more_checks:
        _more_checks.append(check)


def examine() -> list[Finding]:
    """Everything that was looked at, in a fixed order."""
    found = readiness()
    findings = [*_settings(), _database(found.database), _redis(found.redis)]
    tables = _migrations() if found.database else None
    findings += [tables] if tables else []
    findings += [_workers(found.workers), _mail(), _keys()]
    if tables and tables.state is State.OK:
        findings += [finding for check in _more_checks for finding in check()]
    return findings


def _settings() -> Iterator[Finding]:
    settings = _current()
    address = urlsplit(settings.app_url)
    if address.scheme == "https" or address.hostname in {"localhost", "127.0.0.1", "::1"}:
        yield Finding("Address", State.OK, settings.app_url)
    else:
        yield Finding(
            "Address",
            State.WRONG,
            f"{settings.app_url} is not encrypted",
            "Put a proxy with a certificate in front and set APP_URL to its https address.",
        )
    if settings.quickbooks.configured:
        yield Finding("QuickBooks", State.OK, f"credentials set, API at {settings.quickbooks.api_url}")
    else:
        yield Finding(
            "QuickBooks",
            State.NOTE,
            "no credentials, so nobody can connect",
            "Set QBO_CLIENT_ID and QBO_CLIENT_SECRET from the app's page in Intuit's developer portal.",
        )


def _database(reached: bool) -> Finding:
    kind = "embedded" if _current().database_url is None else "DATABASE_URL"
    if not reached:
        return Finding(
            "Database", State.WRONG, f"cannot be reached ({kind})", "Start PostgreSQL or mend DATABASE_URL."
        )
    with db.engine.connect() as connection:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    version = f"PostgreSQL {number // 10000} ({kind})"
    if number < OLDEST_POSTGRES:
        return Finding("Database", State.WRONG, version, "Use PostgreSQL 14 or later.")
    return Finding("Database", State.OK, version)


def _redis(reached: bool) -> Finding:
    kind = "embedded" if _current().redis_url is None else "REDIS_URL"
    if reached:
        return Finding("Redis", State.OK, f"answers ({kind})")
    return Finding("Redis", State.WRONG, f"cannot be reached ({kind})", "Start Redis or mend REDIS_URL.")


def _migrations() -> Finding:
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == head:
        return Finding("Tables", State.OK, f"up to date ({head})")
    return Finding(
        "Tables", State.WRONG, f"at {present or 'nothing'}, needed {head}", "Run: flask --app wsgi db upgrade"
    )


def _workers(count: int) -> Finding:
    if count:
        return Finding("Workers", State.OK, f"{count} alive")
    return Finding("Workers", State.WRONG, "none alive", "Start one: flask --app wsgi worker")


def _mail() -> Finding:
    mail = _current().mail
    if not mail.server:
        return Finding(
            "Mail", State.NOTE, "no server set, so no mail goes out", "Set MAIL_SERVER if it should."
        )
    place = f"{mail.server}:{mail.port}"
    try:
        with VerifyingSMTP(mail.server, mail.port, timeout=SMTP_SECONDS) as server:
            if mail.use_tls:
                server.starttls()
            if mail.username:
                server.login(mail.username, mail.password)
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("Mail", State.WRONG, f"{place}: {error}", "Check the MAIL_ settings.")
    return Finding("Mail", State.OK, f"{place} accepts us")


def _keys() -> Finding:
    count = len(_current().token_keys)
    place = b"doctor"
    try:
        whole = key_ring().unseal(key_ring().seal("probe", place), place) == "probe"
    except SealError:
        whole = False
    if not whole:
        return Finding("Key ring", State.WRONG, "does not decrypt its own secret", "Mend TOKEN_KEYS.")
    return Finding("Key ring", State.OK, "1 key" if count == 1 else f"{count} keys, the first encrypts")


def _current() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])
