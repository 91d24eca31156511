"""Intuit's request limits, for each company: 500 a minute and 10 a second."""

from collections import deque
from dataclasses import dataclass, field

PER_MINUTE = 500
PER_SECOND = 10


@dataclass
class Throttle:
    """Counts the requests of the last minute in a sliding window. Refused requests do not count."""

    _admitted: dict[str, deque[float]] = field(default_factory=dict)

    def admit(self, realm: str, now: float) -> bool:
        """True when the company's request at `now` (seconds) is within the limits; it is counted then."""
        recent = self._admitted.setdefault(realm, deque())
        while recent and recent[0] <= now - 60:
            recent.popleft()
        in_last_second = sum(1 for at in recent if at > now - 1) if len(recent) >= PER_SECOND else 0
        if len(recent) >= PER_MINUTE or in_last_second >= PER_SECOND:
            return False
        recent.append(now)
        return True
