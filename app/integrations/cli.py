"""`flask integrations …`: the connections' health, and changing the key of their tokens."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from app.foundation.cli import failures_reported, json_option, report
from app.integrations.health import Health, health_of
from app.integrations.inventory_page import mode_word
from app.integrations.rotation import rotate_keys
from app.integrations.service import connections, disconnected


@click.group("integrations")
def commands() -> None:
    """Connections to accounting systems."""


@commands.command("list")
@json_option
@with_appcontext
def list_connections(as_json: bool) -> None:
    """Every connection and its health."""
    with failures_reported(as_json):
        found = [health_of(each) for each in [*connections(), *disconnected()]]
        text = "\n\n".join(_as_text(each) for each in found) or "No accounting system is connected."
        report({"connections": [_as_facts(each) for each in found]}, text, as_json=as_json)


@commands.command("rotate-keys")
@json_option
@with_appcontext
def rotate(as_json: bool) -> None:
    """Re-encrypts every stored token with the first key of TOKEN_KEYS."""
    with failures_reported(as_json):
        done = rotate_keys()
        report(
            {"secrets": done.looked_at, "re_encrypted": done.re_encrypted},
            f"{done.re_encrypted} of {done.looked_at} stored secrets were re-encrypted with the first key; "
            "the others had it already. Older keys can now be taken out of TOKEN_KEYS.",
            as_json=as_json,
        )


def _as_facts(health: Health) -> dict[str, Any]:
    connection, budget = health.connection, health.budget
    return {
        "id": connection.id,
        "provider": connection.provider,
        "company": connection.company_name,
        "external_company_id": connection.external_company_id,
        "state": connection.state,
        "item_types": connection.item_types,
        "inventory_mode": connection.inventory_mode,
        "connected_at": connection.connected_at,
        "last_synced_at": connection.last_synced_at,
        "problem": connection.last_problem,
        "problem_at": connection.last_problem_at,
        "trace_id": connection.last_trace_id,
        "calls_this_month": budget.this_month if budget else None,
        "calls_left_this_month": budget.left_this_month if budget else None,
    }


def _as_text(health: Health) -> str:
    connection = health.connection
    synced = f"{connection.last_synced_at:%Y-%m-%d %H:%M} UTC" if connection.last_synced_at else "never"
    lines = [
        f"{connection.id}  {connection.company_name} ({health.label}): {health.word}",
        f"   last successful sync: {synced}",
        f"   inventory: {mode_word(connection)}",
    ]
    if health.budget:
        lines.append(f"   calls this month: {health.budget.this_month:,}")
    if connection.last_problem:
        lines.append(f"   problem: {connection.last_problem}")
    if health.advice:
        lines.append(f"   {health.advice}")
    return "\n".join(lines)
