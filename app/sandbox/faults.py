"""Faults that wait for the next requests, to be met in place of, or on the way to, their answer."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import inf
from typing import Any
from urllib.parse import unquote_plus


class Kind(StrEnum):
    """What goes wrong; `words` says it for people."""

    words: str

    rate_limit = "rate_limit", "429, too many requests"
    server_error = "server_error", "500, system failure"
    unavailable = "unavailable", "503 with an HTML page"
    unauthorized = "unauthorized", "401, access token refused"
    slow = "slow", "Slow: the answer comes S seconds late"
    trickle = "trickle", "Trickling: the answer takes S seconds, bit by bit"
    cut = "cut", "Cut off in the middle of the body"
    empty = "empty", "Empty body"
    html = "html", "HTML in place of JSON"
    not_json = "not_json", "Broken JSON"
    wrong_json = "wrong_json", "JSON of another shape"
    fault_in_200 = "fault_in_200", "A fault inside a 200"
    huge = "huge", "Huge body, 200 MB"
    bomb = "bomb", "200 MB, compressed to little"
    silent = "silent", "No answer at all for S seconds"
    dropped = "dropped", "Connection closed without an answer"

    def __new__(cls, value: str, words: str = "") -> "Kind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member


@dataclass
class Fault:
    """One fault waiting for its requests. Counts down as they come."""

    kind: Kind
    times: int = 1
    """Requests it still hits."""
    skip: int = 0
    """Matching requests it still lets pass."""
    contains: str = ""
    """Hits only requests whose `METHOD path?query`, decoded, contains this text, in any case."""
    seconds: float = 5.0
    """For slow, trickle and silent."""
    retry_after: int | None = None
    """Header of a 429 or 503; None leaves it out."""
    processed: bool = False
    """The request is carried out and only its answer lost. With `cut`, `slow` and `trickle` it always is."""
    megabytes: int = 200
    """For huge and bomb."""

    def __post_init__(self) -> None:
        self.times, self.skip, self.megabytes = int(self.times), int(self.skip), int(self.megabytes)
        self.seconds = float(self.seconds)
        if not 0 <= self.seconds < inf:
            raise ValueError(f"{self.seconds} is no number of seconds.")

    @classmethod
    def from_json(cls, asked: dict[str, Any]) -> "Fault":
        """The fault with these attributes. Raises ValueError or TypeError for what is none."""
        return cls(Kind(asked.get("kind", "")), **{name: asked[name] for name in asked if name != "kind"})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def hits(self, request: str) -> bool:
        """True when the request meets this fault; counts it."""
        if self.times <= 0 or self.contains.lower() not in request.lower():
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Faults:
    """Those that wait, oldest first. Not thread safe: callers hold the state's lock."""

    waiting: list[Fault] = field(default_factory=list)

    def next(self, method: str, path: str, query: str) -> Fault | None:
        """The fault that this request meets, counted; None when it passes."""
        request = f"{method} {path}?{unquote_plus(query)}"
        found = next((fault for fault in self.waiting if fault.hits(request)), None)
        self.waiting = [fault for fault in self.waiting if fault.times > 0]
        return found
