"""The demo's settings: made once, kept in its folder, in a file that a shell can read."""

from __future__ import annotations

import base64
import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.foundation.embedded.errors import prepare_folder
from config import DEFAULT_INSTANCE

FOLDER = "demo"
ENV_FILE = "env"
OPTIONS_WITH_VALUE = {"--app", "-A", "--env-file", "-e"}


@dataclass(frozen=True)
class Ports:
    """Where the demo's three servers listen, on this machine only."""

    web: int = 8000
    sandbox: int = 8100
    mail: int = 8125


def demo_requested(argv: Sequence[str]) -> bool:
    """Whether this is the `flask` command, asked for the demo: it brings its own settings."""
    if Path(argv[0]).name not in {"flask", "__main__.py"}:
        return False
    words = iter(argv[1:])
    for word in words:
        if word in OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word == FOLDER
    return False


def demo_folder(environ: Mapping[str, str]) -> Path:
    """The demo's folder; the instance folder itself when the demo's own settings are in force already."""
    instance = Path(environ.get("INSTANCE_DIR") or DEFAULT_INSTANCE).resolve()
    return instance if (instance / ENV_FILE).exists() and instance.name == FOLDER else instance / FOLDER


def demo_environment(environ: Mapping[str, str], ports: Ports | None = None) -> dict[str, str]:
    """`environ` with the demo's settings over it, which its file holds from now on.

    The secrets are those of the last time, or new ones. Raises EmbeddedServerError when the folder cannot be
    made or has no room.
    """
    folder = prepare_folder(demo_folder(environ))
    path = folder / ENV_FILE
    kept = _read(path)
    values = {name: kept.get(name) or make() for name, make in SECRETS.items()}
    values |= _settings(folder, ports or Ports())
    if ports or not kept:
        _write(path, values)
    return {**environ, **values}


def _token_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS = {"SECRET_KEY": secrets.token_urlsafe, "TOKEN_KEYS": _token_key}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    words = shlex.split(path.read_text(), comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def _write(path: Path, values: Mapping[str, str]) -> None:
    """The file holds `values`, whole at any moment, and only its owner can read it."""
    lines = [f"{name}={shlex.quote(value)}" for name, value in values.items()]
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(["# The demo's settings, for commands beside it.", *lines]) + "\n")
    draft.replace(path)


def _settings(folder: Path, ports: Ports) -> dict[str, str]:
    sandbox = f"http://localhost:{ports.sandbox}"
    return {
        "INSTANCE_DIR": str(folder),
        "APP_URL": f"http://localhost:{ports.web}",
        "DATABASE_URL": "",  # the demo never touches a database of yours
        "REDIS_URL": "",
        "QBO_CLIENT_ID": "sandbox-client",
        "QBO_CLIENT_SECRET": "sandbox-secret",
        "QBO_ENVIRONMENT": "sandbox",
        "QBO_AUTHORIZE_URL": f"{sandbox}/connect/oauth2",
        "QBO_TOKEN_URL": f"{sandbox}/oauth2/v1/tokens/bearer",
        "QBO_REVOKE_URL": f"{sandbox}/v2/oauth2/tokens/revoke",
        "QBO_API_URL": sandbox,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(ports.mail),
        "MAIL_USERNAME": "",
        "MAIL_PASSWORD": "",
        "MAIL_USE_TLS": "",
        "MAIL_DEFAULT_SENDER": "lotledger@example.com",
    }
