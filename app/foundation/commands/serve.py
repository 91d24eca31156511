"""`flask --app wsgi serve`: the production web process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.foundation.background.processes import ROOT, port_is_free

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1), help="Threads per process.")
@click.option("--behind-proxy", is_flag=True, help="Believe the X-Forwarded headers of one proxy in front.")
def serve(host: str, port: int, workers: int, threads: int, behind_proxy: bool) -> None:
    """Serve the web pages (gunicorn)."""
    if not port_is_free(port, host):
        raise click.ClickException(f"{host}:{port} is not free. Choose another --port.")
    os.chdir(ROOT)
    command = gunicorn_command(f"{host}:{port}", workers, threads, behind_proxy=behind_proxy)
    os.execv(sys.executable, command)  # noqa: S606  the process becomes gunicorn, so that signals reach it


def gunicorn_command(bind: str, workers: int, threads: int, *, behind_proxy: bool = False) -> list[str]:
    """The command line of the web server."""
    options = {
        "bind": bind,
        "worker-class": "gthread",
        "workers": str(workers),
        "threads": str(threads),
        "timeout": "60",
        "graceful-timeout": "30",
        "max-requests": "20000",
        "max-requests-jitter": "2000",
    }
    if SHARED_MEMORY.is_dir():
        options["worker-tmp-dir"] = str(SHARED_MEMORY)  # a slow disk must not look like a hung worker
    command = [sys.executable, "-m", "gunicorn", "wsgi:behind_proxy" if behind_proxy else "wsgi:app"]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command
