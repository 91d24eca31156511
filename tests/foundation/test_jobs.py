"""Queueing, and a real worker process that does what was queued."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import RedisError
from rq import Queue

from app import create_app
from app.extensions import db
from app.foundation.background.jobs import (
    QueueUnavailable,
    connection_for,
    enqueue,
    enqueue_due,
    register_schedule,
)
from app.foundation.redis import redis_client
from tests.foundation.embedded_support import ROOT, wait_until

SAMPLES = "tests.foundation.job_samples"
StartWorker = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start_worker(
    context: Flask, process_environment: dict[str, str], tmp_path: Path
) -> Iterator[StartWorker]:
    """Starts `flask worker` with the given options; its log is `worker.log` in `tmp_path`."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *options]
        with (tmp_path / "worker.log").open("w") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=process_environment, stderr=log, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def workers(client: FlaskClient) -> int:
    answer = client.get("/readyz")
    assert answer.json is not None
    assert (answer.status_code == 200) == answer.json["ready"]
    return int(answer.json["workers"])


def noted() -> list[str]:
    return redis_client().lrange("noted", 0, -1)


def test_a_worker_does_jobs_inside_the_app_and_survives_one_that_raises(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    enqueue("sync", f"{SAMPLES}.fail", 3)
    enqueue("sync", f"{SAMPLES}.note", 1)
    start_worker("--single")
    wait_until(lambda: len(noted()) == 1)
    enqueue("exports", f"{SAMPLES}.note", 2)
    wait_until(lambda: noted() == ["app 1", "app 2"])
    log = (tmp_path / "worker.log").read_text()
    assert "job failed" in log
    assert "ids=[3]" in log
    assert log.count("RuntimeError: sample failure 3") == 1


def test_workers_are_counted_replaced_when_killed_and_end_together(
    start_worker: StartWorker, client: FlaskClient
) -> None:
    assert workers(client) == 0
    supervisor = start_worker("--count", "2")
    wait_until(lambda: workers(client) == 2)
    enqueue("sync", f"{SAMPLES}.take_a_second", 1)
    wait_until(lambda: redis_client().get("working") is not None)
    killed = redis_client().get("working")
    os.kill(int(killed), signal.SIGKILL)
    enqueue("sync", f"{SAMPLES}.note", 2)
    wait_until(lambda: noted() == ["app 2"])
    wait_until(lambda: workers(client) == 3)  # two alive, and the trace of the killed one for some seconds
    supervisor.send_signal(signal.SIGINT)
    supervisor.wait(20)
    assert workers(client) == 1


def test_a_worker_told_to_stop_finishes_the_job_in_hand(start_worker: StartWorker) -> None:
    enqueue("sync", f"{SAMPLES}.take_a_second", 7)
    enqueue("sync", f"{SAMPLES}.note", 8)
    supervisor = start_worker()
    wait_until(lambda: redis_client().get("working") is not None)
    supervisor.terminate()
    assert supervisor.wait(20) == 0
    assert noted() == ["app 7"]


def test_a_job_for_a_queue_nobody_listens_to_is_refused(context: Flask) -> None:
    with pytest.raises(ValueError, match="No worker listens"):
        enqueue("parcels", f"{SAMPLES}.note", 1)


@pytest.fixture
def app_without_redis(app: Flask) -> Iterator[Flask]:
    """The same installation, its Redis gone."""
    settings = replace(app.config["SETTINGS"], redis_url="unix:///nowhere/redis.sock?db=0")
    alone = create_app(settings)
    yield alone
    with alone.app_context():
        db.engine.dispose()


def test_without_redis_queueing_says_so(app_without_redis: Flask) -> None:
    with app_without_redis.app_context(), pytest.raises(QueueUnavailable, match="Redis cannot be reached"):
        enqueue("sync", f"{SAMPLES}.note", 1)


def test_without_redis_the_installation_is_alive_but_not_ready(app_without_redis: Flask) -> None:
    client = app_without_redis.test_client()
    assert client.get("/healthz").data == b"ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "ok", "redis": "unreachable", "workers": 0}


def test_a_schedule_is_queued_once_an_interval_however_many_workers_ask(app: Flask, redis_url: str) -> None:
    job = f"{SAMPLES}.note"
    register_schedule(job, seconds=1, queue="mail")
    with connection_for(redis_url) as connection:
        assert job in enqueue_due(connection)
        assert job not in enqueue_due(connection)
        queue = Queue("mail", connection=connection)
        time.sleep(1.1)
        assert job not in enqueue_due(connection), "one turn waits already"
        queue.empty()
        time.sleep(1.1)
        assert job in enqueue_due(connection)
        assert len(queue) == 1


def test_a_redis_that_takes_the_connection_and_says_nothing_counts_as_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection = connection_for(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", patience=0.2)
        with pytest.raises(RedisError):
            connection.ping()
        connection.close()
