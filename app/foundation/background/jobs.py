"""Work for later, done by the worker processes. RQ is known here and in `worker.py` only.

A job is a dotted path and some ids; it leaves a row that a person can look at, which is its room's business.
Enqueue after the commit, since a worker may start before the next line runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from app.foundation.errors import LotledgerError

log = structlog.get_logger()

QUEUES = ("sync", "exports", "mail")
FAILURES_KEPT_SECONDS = 7 * 24 * 3600
DEFAULT_TIMEOUT_SECONDS = 600
ANSWER_SECONDS = 10
"""After which a Redis that took the connection and says nothing counts as away."""


class QueueUnavailable(LotledgerError):
    """The job could not be queued, because Redis cannot be reached."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The work could not be handed to a worker, because Redis cannot be reached. Nothing was changed; "
            "try again in a moment."
        )


@dataclass(frozen=True)
class Schedule:
    """A job without arguments that the workers together do every so many seconds."""

    job: str
    seconds: int
    queue: str


_schedules: dict[str, Schedule] = {}


def connection_for(url: str, *, patience: float | None = ANSWER_SECONDS) -> Redis:
    """A client as RQ wants it, answering in bytes; raises TimeoutError when Redis is silent for `patience`.

    A worker waits for its next job without end (None), which RQ then bounds in its own way.
    """
    return Redis.from_url(url, socket_connect_timeout=3, socket_timeout=patience, health_check_interval=30)


def enqueue(queue: str, job: str, *ids: int, timeout: int = DEFAULT_TIMEOUT_SECONDS) -> None:
    """A worker will call `job` (a dotted path) with `ids`, and stop it after `timeout` seconds.

    Raises QueueUnavailable when Redis cannot be reached.
    """
    if queue not in QUEUES:
        raise ValueError(f"No worker listens to the queue {queue!r}.")
    connection = connection_for(current_app.config["REDIS_URL"])
    try:
        _push(connection, queue, job, ids, timeout)
    except RedisError as error:
        log.warning("job not queued", job=job, ids=ids, problem=str(error))
        raise QueueUnavailable from error
    finally:
        connection.close()


def register_schedule(job: str, seconds: int, queue: str = "sync") -> None:
    """Some worker does `job` every `seconds` from now on; registering again changes the interval."""
    _schedules[job] = Schedule(job, seconds, queue)


def enqueue_due(connection: Redis) -> list[str]:
    """The scheduled jobs that were due are queued, once among all workers that ask; returns their paths."""
    return [schedule.job for schedule in _schedules.values() if _enqueue_if_due(connection, schedule)]


def _enqueue_if_due(connection: Redis, schedule: Schedule) -> bool:
    key = f"lotledger:schedule:{schedule.job}"
    if not connection.set(key, b"1", nx=True, ex=schedule.seconds):
        return False
    job_id = "schedule-" + schedule.job.replace(".", "-")
    if Queue(schedule.queue, connection=connection).get_job_position(job_id) is not None:
        return False  # all workers are busy; one turn is enough
    _push(connection, schedule.queue, schedule.job, (), DEFAULT_TIMEOUT_SECONDS, job_id)
    return True


def _push(
    connection: Redis,
    queue: str,
    job: str,
    ids: tuple[int, ...],
    timeout: int,
    job_id: str | None = None,
) -> None:
    Queue(queue, connection=connection, serializer=JSONSerializer).enqueue_call(
        func=job,
        args=ids,
        timeout=timeout,
        result_ttl=0,
        failure_ttl=FAILURES_KEPT_SECONDS,
        job_id=job_id,
    )
