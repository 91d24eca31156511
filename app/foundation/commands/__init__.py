"""The commands that run an installation: the web server, workers, the sandbox, the doctor."""

from __future__ import annotations

from flask import Flask

from app.foundation.commands.doctor import doctor
from app.foundation.commands.sandbox import sandbox
from app.foundation.commands.serve import serve
from app.foundation.commands.worker import worker


def register_commands(app: Flask) -> None:
    """`flask --app wsgi` knows them."""
    for command in (serve, worker, sandbox, doctor):
        app.cli.add_command(command)
