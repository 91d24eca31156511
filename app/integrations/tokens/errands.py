"""What the process that refreshes a token is told, and what it tells: JSON through its pipes.

Nothing of it stands on a command line, and no token is in what comes back.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.foundation.crypto import BrokenSeal, UnknownKey
from app.foundation.errors import LotledgerError
from app.integrations.errors import ConnectionBusy
from app.providers.errors import AuthorizationLost, MalformedResponse, Rejected, TemporarilyUnavailable
from app.providers.options import TransportOptions
from config import ProviderSettings

PATIENCE = [field.name for field in fields(TransportOptions) if field.name not in {"sleep", "should_stop"}]


@dataclass(frozen=True, repr=False)
class Errand:
    """One connection's refresh token is to be exchanged, if it still is the one that was found."""

    connection_id: int
    found: bytes
    """The sealed refresh token as the row had it; another one there means that somebody was faster."""
    provider: str
    settings: ProviderSettings
    token_keys: tuple[bytes, ...]
    database: str
    """The address as libpq reads it."""
    embedded: str | None
    """The folder of the embedded server at that address, which must not end before the errand does."""
    options: TransportOptions
    lock_wait: int
    """Seconds to wait for the row."""
    silence: int
    """Seconds after which the database drops whoever holds the row and says nothing."""

    def to_json(self) -> str:
        """The errand with its secrets, for a pipe."""
        return json.dumps(
            {field.name: getattr(self, field.name) for field in fields(self)}
            | {
                "found": _text(self.found),
                "settings": asdict(self.settings),
                "token_keys": [_text(key) for key in self.token_keys],
                "options": {name: getattr(self.options, name) for name in PATIENCE},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Errand:
        """The errand that `to_json` wrote; raises ValueError for half of one."""
        values: dict[str, Any] = json.loads(text)
        return cls(
            **values
            | {
                "found": base64.b64decode(values["found"]),
                "settings": ProviderSettings(**values["settings"]),
                "token_keys": tuple(base64.b64decode(key) for key in values["token_keys"]),
                "options": TransportOptions(**values["options"]),
            }
        )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


REFRESHED = "refreshed"
OVERTAKEN = "overtaken"

_PROVIDERS = {kind.__name__: kind for kind in (AuthorizationLost, TemporarilyUnavailable, MalformedResponse)}
_OWN = {kind.__name__: kind for kind in (ConnectionBusy, UnknownKey, BrokenSeal)}


@dataclass(frozen=True)
class Outcome:
    """How an errand ended: `REFRESHED`, `OVERTAKEN` by another change of the row, or an error's name."""

    kind: str
    message: str = ""
    trace_id: str | None = None
    code: str = ""

    @classmethod
    def of(cls, error: LotledgerError) -> Outcome:
        """The outcome that `error` means."""
        known = {"Rejected", *_PROVIDERS, *_OWN}
        names = (kind.__name__ for kind in type(error).__mro__)
        return cls(
            kind=next((name for name in names if name in known), "LotledgerError"),
            message=error.message,
            trace_id=getattr(error, "trace_id", None),
            code=getattr(error, "code", ""),
        )

    def to_json(self) -> str:
        """One line for a pipe."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Outcome:
        """The outcome that `to_json` wrote; raises ValueError or TypeError for anything else."""
        return cls(**json.loads(text))

    def error(self) -> LotledgerError | None:
        """The error that ended the errand; None when the row has new tokens or others."""
        if self.kind in {REFRESHED, OVERTAKEN}:
            return None
        if self.kind in _OWN:
            return _OWN[self.kind]()
        if self.kind in _PROVIDERS:
            return _PROVIDERS[self.kind](self.message, self.trace_id)
        if self.kind == "Rejected":
            return Rejected(self.code, self.message, trace_id=self.trace_id)
        return LotledgerError(self.message)
