"""Turns in Redis, kept by several processes together."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.providers.errors import Cancelled, TemporarilyUnavailable
from app.providers.throttle import Limits, RedisThrottle

ROOT = Path(__file__).parents[2]

CALLER = """
import sys, time
from redis import Redis
from app.providers.throttle import Limits, RedisThrottle
url, per_second, at_once, calls, seconds = sys.argv[1:]
redis = Redis.from_url(url, decode_responses=True)
limits = Limits(per_second=int(per_second), per_minute=500, at_once=int(at_once))
throttle = RedisThrottle(redis, "shared", limits)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(calls)):
    with throttle.slot():
        started = time.time()
        held = redis.incr("holding")
        time.sleep(float(seconds))
        redis.decr("holding")
        print(started, held, flush=True)
"""


@pytest.fixture
def redis(redis_url: str) -> Redis:
    client = Redis.from_url(redis_url, decode_responses=True)
    client.flushdb()
    return client


def callers(redis_url: str, processes: int, *arguments: object) -> list[tuple[float, int]]:
    """When each call of all processes started, and how many held a slot then."""
    command = [sys.executable, "-c", CALLER, redis_url, *map(str, arguments)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    lines = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        lines += output.splitlines()
    return [(float(started), int(held)) for started, held in (line.split() for line in lines)]


def test_processes_share_the_calls_of_a_second(redis: Redis, redis_url: str) -> None:
    calls = callers(redis_url, 3, 10, 100, 9, 0)
    assert len(calls) == 27
    starts = sorted(started for started, _ in calls)
    for first, eleventh in zip(starts, starts[10:], strict=False):
        assert eleventh - first > 0.9  # the clocks read around the script, not in it
    assert starts[-1] - starts[0] < 10


def test_processes_share_the_slots(redis: Redis, redis_url: str) -> None:
    calls = callers(redis_url, 4, 1000, 2, 5, 0.02)
    assert len(calls) == 20
    assert max(held for _, held in calls) == 2


def test_the_calls_of_a_minute_are_limited(redis: Redis) -> None:
    throttle = RedisThrottle(redis, "c", Limits(per_minute=3))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        raise Cancelled("enough")

    for _ in range(3):
        with throttle.slot(wait):
            pass
    with pytest.raises(Cancelled), throttle.slot(wait):
        pass
    assert 55 < waits[0] <= 60.1


def test_connections_do_not_wait_for_each_other(redis: Redis) -> None:
    limits = Limits(at_once=1)
    with RedisThrottle(redis, "a", limits).slot(), RedisThrottle(redis, "b", limits).slot():
        assert redis.zcard("lotledger:throttle:{a}:holders") == 1


def test_a_slot_of_a_dead_process_lapses(redis: Redis, redis_url: str) -> None:
    throttle = RedisThrottle(redis, "c", Limits(at_once=1), lease=1)
    held = throttle.slot()
    held.__enter__()  # and is never left, as when the process is killed
    started = time.monotonic()
    with throttle.slot():
        assert 0.8 < time.monotonic() - started < 3


def test_a_slot_comes_back_when_the_work_fails(redis: Redis) -> None:
    throttle = RedisThrottle(redis, "c", Limits(at_once=1))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), throttle.slot():
            raise ZeroDivisionError
    assert redis.zcard("lotledger:throttle:{c}:holders") == 0


def test_calls_are_counted_by_day_and_month(redis: Redis) -> None:
    throttle = RedisThrottle(redis, "c", Limits(per_day=2, per_month=500_000))
    assert throttle.budget().today == 0
    for _ in range(3):
        with throttle.slot():
            pass
    budget = throttle.budget()
    assert (budget.today, budget.this_month, budget.left_today, budget.left_this_month) == (3, 3, 0, 499_997)
    assert RedisThrottle(redis, "d", Limits()).budget().left_this_month is None
    lives = Counter(redis.ttl(key) > 0 for key in redis.scan_iter("lotledger:throttle:*"))
    assert set(lives) == {True}


def test_without_redis_nothing_is_asked() -> None:
    nobody = Redis(port=9, retry=Retry(NoBackoff(), 0), decode_responses=True)
    throttle = RedisThrottle(nobody, "c", Limits())
    with pytest.raises(TemporarilyUnavailable, match="Redis"), throttle.slot():
        pytest.fail("the block must not run")
    with pytest.raises(TemporarilyUnavailable, match="Redis"):
        throttle.budget()
