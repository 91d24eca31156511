"""The `users` commands. They stand here and not among people because the first user opens the workspace."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.foundation.cli import failures_reported, json_option, report
from app.foundation.pages.forms import LONGEST_PASSWORD, is_storable
from app.people.forms import LONGEST_NAME
from app.people.passwords import MIN_LENGTH
from app.people.permissions import Role
from app.people.profile import reset_password
from app.workspace.setup import NewPerson, create_user

users = AppGroup(
    "users", short_help="Create people.", help="People of this workspace, for set-up and recovery."
)


@users.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", required=True, help="First and last name.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@json_option
def create(email: str, role: str, name: str, password_stdin: bool, as_json: bool) -> None:  # noqa: ARG001
    """Create the user EMAIL, who signs in with the password read from standard input."""
    password = _password()
    first_name, last_name = _names(name)
    with failures_reported(as_json):
        user = create_user(NewPerson(email, first_name, last_name, password), Role(role))
        facts = {"id": user.id, "email": user.email, "role": user.role}
        report(facts, f"{user.full_name} <{user.email}> is now {user.role_label}.", as_json=as_json)


@users.command("set-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@json_option
def set_password(email: str, password_stdin: bool, as_json: bool) -> None:  # noqa: ARG001
    """Give the user EMAIL a new password, read from standard input, and sign them out everywhere."""
    password = _password()
    with failures_reported(as_json):
        user = reset_password(email, password)
        facts = {"id": user.id, "email": user.email}
        report(facts, f"{user.email} has a new password and is signed out everywhere.", as_json=as_json)


def _password() -> str:
    """The first line of standard input; anything that cannot be a password is wrong usage."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not MIN_LENGTH <= len(password) <= LONGEST_PASSWORD or not is_storable(password):
        bounds = f"{MIN_LENGTH} to {LONGEST_PASSWORD}"
        raise click.UsageError(f"The password on standard input needs {bounds} characters.")
    return password


def _names(name: str) -> tuple[str, str]:
    first_name, _, last_name = name.strip().partition(" ")
    if not first_name or len(name) > LONGEST_NAME or not is_storable(name):
        raise click.UsageError(f"--name needs 1 to {LONGEST_NAME} characters.")
    return first_name, last_name.strip()
