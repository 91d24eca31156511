"""A provider's limits, kept by all processes together: every request first takes a slot in Redis.

Per key (a connection) Redis holds the moments of the last minute's calls, the slots that are taken now, and
how many calls this day and month have seen. One script, by the server's clock, looks and takes in one step. A
holder that dies gives its slot back by lapsing.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from redis import Redis, RedisError

from app.foundation.clock import utcnow
from app.providers.errors import TemporarilyUnavailable

LEASE = 180
"""Seconds after which a slot lapses: longer than any request may take."""
PATIENCE = 240
"""Seconds to wait for one turn."""

_DAY_KEPT = 2 * 86_400
_MONTH_KEPT = 40 * 86_400
_LOOK_AGAIN = 50_000
_MILLION = 1_000_000

# Answers 0 when the slot is taken, else the microseconds after which to ask again.
_TAKE = f"""
local clock = redis.call('TIME')
local now = clock[1] * {_MILLION} + clock[2]
local calls, holders, day, month = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, lease = ARGV[1], tonumber(ARGV[2])
local at_once, windows = tonumber(ARGV[3]), {{{{tonumber(ARGV[4]), 60}}, {{tonumber(ARGV[5]), 1}}}}

redis.call('ZREMRANGEBYSCORE', holders, '-inf', now)
redis.call('ZREMRANGEBYSCORE', calls, '-inf', now - 60 * {_MILLION})

for _, window in ipairs(windows) do
  local limit, length = window[1], window[2] * {_MILLION}
  if limit > 0 then
    local earliest = redis.call('ZRANGE', calls, -limit, -limit, 'WITHSCORES')[2]
    if earliest and tonumber(earliest) + length > now then
      return tonumber(earliest) + length - now
    end
  end
end
if at_once > 0 and redis.call('ZCARD', holders) >= at_once then
  return {_LOOK_AGAIN}
end

redis.call('ZADD', calls, now, token)
redis.call('EXPIRE', calls, 61)
redis.call('ZADD', holders, now + lease * {_MILLION}, token)
redis.call('EXPIRE', holders, lease + 1)
redis.call('INCR', day)
redis.call('EXPIRE', day, {_DAY_KEPT})
redis.call('INCR', month)
redis.call('EXPIRE', month, {_MONTH_KEPT})
return 0
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """The calls that a provider allows, None for no limit; those per day and month are only shown."""

    per_second: int | None = None
    per_minute: int | None = None
    at_once: int | None = None
    per_day: int | None = None
    per_month: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The calls spent on one connection, by UTC day and month, and what the provider allows."""

    today: int
    this_month: int
    per_day: int | None
    per_month: int | None

    @property
    def left_today(self) -> int | None:
        """Calls left today; None where there is no limit."""
        return None if self.per_day is None else max(0, self.per_day - self.today)

    @property
    def left_this_month(self) -> int | None:
        """Calls left this month; None where there is no limit."""
        return None if self.per_month is None else max(0, self.per_month - self.this_month)


class RedisThrottle:
    """One connection's turns, shared by every process that uses the same Redis and key."""

    def __init__(self, redis: Redis, key: str, limits: Limits, lease: int = LEASE) -> None:
        self._redis = redis
        self._prefix = (
            f"lotledger:throttle:{{{key}}}"  # braces keep one connection's keys on one cluster node
        )
        self._limits = limits
        self._lease = lease
        self._take = redis.register_script(_TAKE)

    @contextmanager
    def slot(self, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
        """The block runs when its turn has come, and is counted.

        Raises TemporarilyUnavailable when Redis is down, or the turn does not come in `PATIENCE` seconds, and
        whatever `wait` raises.
        """
        token = uuid.uuid4().hex
        self._wait_for_turn(token, wait)
        try:
            yield
        finally:
            self._give_back(token)

    def budget(self) -> Budget:
        """What has been spent and is left; raises TemporarilyUnavailable when Redis is down."""
        try:
            today, this_month = self._redis.mget(self._day_key(), self._month_key())
        except RedisError as error:
            raise _without_redis() from error
        return Budget(int(today or 0), int(this_month or 0), self._limits.per_day, self._limits.per_month)

    def _wait_for_turn(self, token: str, wait: Callable[[float], None]) -> None:
        patience = time.monotonic() + PATIENCE
        while seconds := self._ask(token):
            if time.monotonic() + seconds > patience:
                raise TemporarilyUnavailable(
                    "Too many requests to the accounting system are waiting. Try again in some minutes."
                )
            wait(seconds + random.uniform(0.001, 0.02))  # noqa: S311  not all in step

    def _ask(self, token: str) -> float:
        """0 when the slot is ours, else the seconds after which to ask again."""
        limits = self._limits
        keys = [f"{self._prefix}:calls", f"{self._prefix}:holders", self._day_key(), self._month_key()]
        bounds = [limits.at_once or 0, limits.per_minute or 0, limits.per_second or 0]
        try:
            return int(self._take(keys=keys, args=[token, self._lease, *bounds])) / _MILLION
        except RedisError as error:
            raise _without_redis() from error

    def _give_back(self, token: str) -> None:
        try:
            self._redis.zrem(f"{self._prefix}:holders", token)
        except RedisError:
            structlog.get_logger().warning("throttle_slot_lapses", seconds=self._lease)

    def _day_key(self) -> str:
        return f"{self._prefix}:day:{utcnow():%Y%m%d}"

    def _month_key(self) -> str:
        return f"{self._prefix}:month:{utcnow():%Y%m}"


def _without_redis() -> TemporarilyUnavailable:
    return TemporarilyUnavailable(
        "Lotledger's Redis server does not answer. Without it the accounting system's limits cannot be kept, "
        "so nothing was asked. Start Redis and try again."
    )
