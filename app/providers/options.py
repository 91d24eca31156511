"""How patient a connection is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MIB = 1024 * 1024


def never() -> bool:
    """Nobody asks us to stop."""
    return False


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """Bounds for every request; all times in seconds.

    With these defaults the waiting between the tries of one request stays below the 300 seconds after which
    the sync lock lapses. `should_stop` is asked before each request and about twice a second while waiting.
    """

    connect_timeout: float = 10
    read_timeout: float = 60
    total_timeout: float = 120
    """From the first byte sent to the last byte read, however the answer trickles."""
    max_bytes: int = 32 * MIB
    """Of one answer, unpacked."""
    attempts: int = 5
    backoff: float = 1.0
    """The first pause after a failure; it doubles with each further one."""
    rate_limit_wait: float = 60
    """After a 429 that does not say how long."""
    max_wait: float = 60
    """No single pause is longer, whatever the provider asks for."""
    sleep: Callable[[float], None] = time.sleep
    should_stop: Callable[[], bool] = never
