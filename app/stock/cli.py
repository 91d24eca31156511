"""Commands of the ledger: `stock verify`."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.foundation.cli import json_option, report
from app.foundation.pages.formatting import count_of
from app.stock.verify import verify


@click.group()
def stock() -> None:
    """The stock ledger."""


@stock.command("verify")
@json_option
@with_appcontext
def verify_command(as_json: bool) -> None:
    """Recompute everything from the transactions and compare; exits with 1 on any difference."""
    found = verify()
    looked_at = (
        f"{count_of(found.products, 'product')}, {count_of(found.transactions, 'transaction')}, "
        f"{count_of(found.lots, 'lot')}"
    )
    lines = [
        f"{one.check}, {one.subject}: expected {one.expected}, found {one.found}" for one in found.differences
    ]
    outcome = f"{count_of(len(lines), 'difference')}." if lines else "everything agrees."
    report(asdict(found), "\n".join([*lines, f"{looked_at}: {outcome}"]), as_json=as_json, failed=bool(lines))
