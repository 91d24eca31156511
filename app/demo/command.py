"""`flask --app wsgi demo`: everything at once, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.demo import seed
from app.demo.environment import ENV_FILE, Ports, demo_environment, demo_folder
from app.demo.servers import DemoFailed, DemoServers
from app.extensions import db
from app.foundation import embedded
from app.foundation.background import processes
from app.foundation.errors import LotledgerError

PORT = click.IntRange(1024, 65535)

WELCOME = """
Lotledger's demo is ready:  http://localhost:{ports.web}

  Sign in as        {owner} (Owner), {bookkeeper} (Accountant)
                    or {builder} (Builder); the password of all is  {password}
  Then              Settings, Integrations, Connect to QuickBooks; Sync items; Items, Import

  QuickBooks        http://localhost:{ports.sandbox}   (simulated; change its items, make it fail)
  Mail sent         http://localhost:{ports.sandbox}/mailbox
  Other commands    set -a; . {env_file}; set +a
                    {flask} --app wsgi doctor
  Logs              {logs}
  Start afresh      end the demo, then delete {folder}

Ctrl-C ends it; the data stays.
"""


@click.command("demo")
@click.option("--port", default=Ports.web, show_default=True, type=PORT, help="Of the web pages.")
@click.option("--sandbox-port", default=Ports.sandbox, show_default=True, type=PORT, help="Of QuickBooks.")
@click.option("--mail-port", default=Ports.mail, show_default=True, type=PORT, help="Of the mail catcher.")
@with_appcontext
def demo(port: int, sandbox_port: int, mail_port: int) -> None:
    """Run everything with sample data and a simulated QuickBooks, until Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    try:
        _run(Ports(port, sandbox_port, mail_port), ended)
    except LotledgerError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    finally:
        _leave_servers()


def _run(ports: Ports, ended: threading.Event) -> None:
    _check_ports(ports)
    environment = demo_environment(os.environ, ports)
    _prepare_workspace()
    folder = demo_folder(environment)
    with DemoServers(environment, ports, folder / "logs") as servers:
        servers.wait_until_ready(ended)
        if not ended.is_set():
            click.echo(_welcome(ports, folder))
        while not ended.wait(1):
            servers.check()
        click.echo("Ending ...")


def _check_ports(ports: Ports) -> None:
    for option, port in (
        ("--port", ports.web),
        ("--sandbox-port", ports.sandbox),
        ("--mail-port", ports.mail),
    ):
        if not processes.port_is_free(port):
            raise DemoFailed(
                f"Port {port} is taken. End what uses it, or choose another: {option} {port + 1}"
            )


def _prepare_workspace() -> None:
    """The tables are up to date and the sample workspace is in them."""
    upgrade(directory=str(processes.ROOT / "migrations"))
    seed.seed_workspace()
    db.session.remove()
    db.engine.dispose()


def _welcome(ports: Ports, folder: Path) -> str:
    return WELCOME.format(
        ports=ports,
        folder=folder,
        env_file=folder / ENV_FILE,
        logs=folder / "logs",
        flask=Path(sys.executable).with_name("flask"),
        owner=seed.OWNER.email,
        bookkeeper=seed.BOOKKEEPER.email,
        builder=seed.BUILDER.email,
        password=seed.PASSWORD,
    )


def _leave_servers() -> None:
    """The embedded servers have ended, unless a command beside the demo still uses them."""
    instance = current_app.config["SETTINGS"].instance_dir
    for name in ("postgres", "redis"):
        embedded.release(instance / name)
