"""The last requests of the simulated provider, and counters over all of them."""

import re
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

KEPT = 200


@dataclass
class LoggedRequest:
    """One request. `status` is None until an answer starts, and stays so when none ever does."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    user_agent: str
    tid: str
    status: int | None = None
    seconds: float | None = None
    fault: str | None = None
    """Kind of the fault that was injected here."""
    note: str | None = None
    """What the request asked for, where path and query do not say: the grant type, a posted statement."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat(), "query": self.decoded_query}

    @property
    def decoded_query(self) -> str:
        return unquote_plus(self.query)

    def contains(self, text: str) -> bool:
        return text.lower() in f"{self.method} {self.path}?{self.decoded_query} {self.note or ''}".lower()


@dataclass
class RequestLog:
    """Not safe to use from several threads at once: callers hold the state's lock."""

    entries: deque[LoggedRequest] = field(default_factory=lambda: deque(maxlen=KEPT))
    total: int = 0
    in_flight: int = 0
    most_at_once: int = 0
    by_operation: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)

    def arrived(self, method: str, path: str, query: str, user_agent: str, tid: str) -> LoggedRequest:
        """A request came in; it is in the log before it is answered."""
        self.total += 1
        self.in_flight += 1
        self.most_at_once = max(self.most_at_once, self.in_flight)
        self.by_operation[f"{method} {operation(path)}"] += 1
        entry = LoggedRequest(self.total, datetime.now(UTC), method, path, query, user_agent, tid)
        self.entries.append(entry)
        return entry

    def answered(self, entry: LoggedRequest, status: int) -> None:
        """Its answer starts now."""
        entry.status = status
        entry.seconds = round((datetime.now(UTC) - entry.at).total_seconds(), 4)
        self.by_status[str(status)] += 1

    def left(self) -> None:
        """A request's answer is out, or its connection gone."""
        self.in_flight -= 1

    def clear(self) -> None:
        """Starts log and counters anew; requests under way stay counted as such."""
        self.entries.clear()
        self.total = 0
        self.most_at_once = self.in_flight
        self.by_operation.clear()
        self.by_status.clear()


def operation(path: str) -> str:
    """The path without what differs between companies and records, so that like requests add up."""
    return re.sub(r"/\d+$", "/…", re.sub(r"^/v3/company/[^/]+", "", path)) or path
