"""When to try again, and how long to wait before it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.foundation.clock import utcnow
from app.providers.errors import Cancelled, ProviderError, RateLimited
from app.providers.options import TransportOptions

SLICE = 0.5
"""Seconds of sleep after which we look whether we are still wanted."""


def delay(error: ProviderError, attempt: int, options: TransportOptions) -> float:
    """Seconds to wait after failed try number `attempt` (from 1).

    What the provider asked for, else the pause for rate limits, else exponential back-off. Jitter is added to
    the first two (earlier would be too early) and spreads the last between half and all of it, so that
    processes that failed together do not return together.
    """
    wish = error.retry_after
    if wish is None and isinstance(error, RateLimited):
        wish = options.rate_limit_wait
    if wish is not None:
        return min(wish, options.max_wait) * random.uniform(1.0, 1.1)  # noqa: S311  spreading, not secrecy
    pause = min(options.backoff * 2.0 ** (attempt - 1), options.max_wait)
    return pause * random.uniform(0.5, 1.0)  # noqa: S311


def retry_after(header: str | None) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or HTTP date; None if it has no sense."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (_aware(moment) - utcnow()).total_seconds())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Pause:
    """Waits in slices, and raises Cancelled as soon as nobody wants the result any more."""

    def __init__(self, options: TransportOptions) -> None:
        self._options = options

    def check(self) -> None:
        """Still wanted; raises Cancelled otherwise."""
        if self._options.should_stop():
            raise Cancelled("The work was cancelled, so nothing more was asked of the accounting system.")

    def wait(self, seconds: float) -> None:
        """`seconds` have passed; raises Cancelled within half a second of the wish to stop."""
        self.check()
        while seconds > 0:
            self._options.sleep(min(SLICE, seconds))
            seconds -= SLICE
            self.check()
