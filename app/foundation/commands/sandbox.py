"""`flask --app wsgi sandbox`: the simulated accounting system, a process that knows nothing of the app."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app

from app.foundation.background.processes import ROOT, port_is_free


@click.command("sandbox")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(1, 65535))
@click.option("--smtp-port", type=click.IntRange(1, 65535), help="Also catch mail at this port.")
def sandbox(port: int, smtp_port: int | None) -> None:
    """Run the simulated QuickBooks Online, for trying things out."""
    for wanted in filter(None, (port, smtp_port)):
        if not port_is_free(wanted):
            raise click.ClickException(f"Port {wanted} is taken. Choose another --port or --smtp-port.")
    os.chdir(ROOT)
    quickbooks = current_app.config["SETTINGS"].quickbooks
    command = sandbox_command(port, smtp_port)
    if quickbooks.configured:
        command += ["--client-id", quickbooks.client_id, "--client-secret", quickbooks.client_secret]
    os.execv(sys.executable, command)  # noqa: S606  the process becomes the sandbox, so that signals reach it


def sandbox_command(port: int, smtp_port: int | None) -> list[str]:
    """The command line of the sandbox."""
    mail = ["--smtp-port", str(smtp_port)] if smtp_port else []
    return [sys.executable, "-m", "app.sandbox", "--port", str(port), *mail]
