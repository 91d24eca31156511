"""`flask --app wsgi worker`: a supervisor and the worker processes under it."""

from __future__ import annotations

import signal
import subprocess
import threading
import time

import click
import structlog
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.foundation.background import processes
from app.foundation.background.worker import work

log = structlog.get_logger()

SLOWEST_RESTART_SECONDS = 30.0


@click.command("worker")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1), help="Worker processes.")
@click.option("--single", is_flag=True, hidden=True, help="Work in this very process.")
@with_appcontext
def worker(count: int, single: bool) -> None:
    """Do queued work: syncs, exports, mail. Ctrl-C or SIGTERM lets jobs in hand finish."""
    if single:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        work(app)
        return
    Supervisor(count).run()


class Supervisor:
    """Keeps `count` worker processes running until it is told to stop."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.told_to_stop = threading.Event()
        self.children: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        """Returns after SIGTERM or SIGINT, when the last child has ended. A second signal hurries them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear_stop)
        patience, started = 0.5, 0.0
        while not self.told_to_stop.wait(patience if started else 0):
            if self._replace_the_dead():
                quickly = time.monotonic() - started < SLOWEST_RESTART_SECONDS
                patience = min(patience * 2, SLOWEST_RESTART_SECONDS) if quickly else 0.5
                started = time.monotonic()
            started = started or time.monotonic()
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait()

    def _hear_stop(self, *_: object) -> None:
        if self.told_to_stop.is_set():
            for child in self.children:
                child.terminate()
        self.told_to_stop.set()

    def _replace_the_dead(self) -> bool:
        """Whether a child had died; afterwards there are `count` again."""
        dead = [child for child in self.children if child.poll() is not None]
        for child in dead:
            log.warning("worker ended unexpectedly", pid=child.pid, status=child.returncode)
            self.children.remove(child)
        while len(self.children) < self.count:
            self.children.append(processes.start(processes.flask_command("worker", "--single")))
        return bool(dead)
