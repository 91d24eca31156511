"""The worker processes: a supervisor with children of its own, each doing one job at a time.

A child is a fresh process that builds the app once. It does its jobs in itself, without forking, so that
killing it ends its job too; the supervisor starts another. While it lives it renews a key in Redis, by which
the rest of the program counts the workers.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from types import TracebackType
from typing import NoReturn

import structlog
from flask import Flask
from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from app.foundation.background.jobs import QUEUES, connection_for, enqueue_due

log = structlog.get_logger()

PULSE_SECONDS = 5
ALIVE_SECONDS = 20
KEY_PREFIX = "lotledger:worker:"


def live_workers(connection: Redis) -> int:
    """How many worker processes have shown a sign of life in the last twenty seconds."""
    return sum(1 for _ in connection.scan_iter(match=f"{KEY_PREFIX}*", count=1000))


def work(app: Flask, *, until_empty: bool = False) -> None:
    """Does the jobs of all queues until SIGTERM or SIGINT, then finishes the one in hand and returns.

    With `until_empty` it returns when no job waits.
    """
    connection = connection_for(app.config["REDIS_URL"], patience=None)
    pulse = Pulse(app.config["REDIS_URL"])
    signal.signal(signal.SIGTERM, _leave)
    try:
        pulse.start()
        worker = AppWorker(app, connection)
        worker.work(burst=until_empty, logging_level="WARNING")
    finally:
        pulse.stop()
        connection.close()


def _leave(*_: object) -> NoReturn:
    """Until RQ listens to signals itself, a worker that is told to stop has no job to finish, but a pulse."""
    raise SystemExit


class AppWorker(SimpleWorker):
    """An RQ worker whose jobs find an application context of their own."""

    def __init__(self, app: Flask, connection: Redis) -> None:
        self.app = app
        super().__init__(
            QUEUES,
            connection=connection,
            serializer=JSONSerializer,
            exception_handlers=[log_failure],
            log_job_description=False,
        )

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """The job was called; whether it returned without raising."""
        structlog.contextvars.bind_contextvars(job=job.func_name, ids=job.args)
        try:
            with self.app.app_context():
                return bool(super().perform_job(job, queue))
        finally:
            structlog.contextvars.clear_contextvars()


def log_failure(
    job: Job, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """The log has the traceback of a job that raised."""
    log.error("job failed", queue=job.origin, exc_info=(kind, error, trace))


class Pulse(threading.Thread):
    """Tells Redis that this worker lives, and queues the scheduled jobs that are due."""

    def __init__(self, url: str) -> None:
        super().__init__(name="pulse", daemon=True)
        self.connection = connection_for(url)
        self.key = f"{KEY_PREFIX}{socket.gethostname()}:{os.getpid()}"
        self.ended = threading.Event()

    def run(self) -> None:
        """Beats until `stop`; Redis being away for a while does no harm."""
        while not self.ended.is_set():
            try:
                self.connection.set(self.key, b"1", ex=ALIVE_SECONDS)
                enqueue_due(self.connection)
            except RedisError as error:
                log.warning("worker cannot reach Redis", problem=str(error))
            self.ended.wait(PULSE_SECONDS)

    def stop(self) -> None:
        """The worker counts as gone at once."""
        self.ended.set()
        if self.is_alive():
            self.join()
        try:
            self.connection.delete(self.key)
        except RedisError:
            log.warning("worker ends while Redis is away")
        finally:
            self.connection.close()
