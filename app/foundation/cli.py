"""How commands answer: a text for people, or with `--json` one JSON object, nothing else (design section 12).

    @group.command()
    @json_option
    def count(as_json: bool) -> None:
        with failures_reported(as_json):
            number = service.count()
            report({"count": number}, f"There are {number}.", as_json=as_json)

Exit codes: 0 done, 1 a failure that was reported, 2 wrong usage (click's own).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
import simplejson

from app.foundation.errors import LotledgerError

FAILED = 1

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def report(facts: Mapping[str, Any], text: str, *, as_json: bool, failed: bool = False) -> None:
    """The outcome is on standard output, as JSON or as `text`; the command ends with exit code 1 if `failed`.

    Decimals are written as JSON numbers with all their digits, moments and days in ISO 8601.
    """
    click.echo(simplejson.dumps(facts, use_decimal=True, default=str) if as_json else text)
    if failed:
        raise SystemExit(FAILED)


@contextmanager
def failures_reported(as_json: bool) -> Iterator[None]:
    """An error of the business ends the command with its sentence and exit code 1."""
    try:
        yield
    except LotledgerError as error:
        click.echo(simplejson.dumps({"error": error.message}) if as_json else error.message, err=not as_json)
        raise SystemExit(FAILED) from error
