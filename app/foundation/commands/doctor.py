"""`flask --app wsgi doctor`: is everything in order, and if not, what to do."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.foundation.checks import Finding, State, examine
from app.foundation.cli import json_option, report

MARKS = {State.OK: "ok   ", State.NOTE: "note ", State.WRONG: "WRONG"}


@click.command("doctor")
@json_option
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check settings, servers, tables, workers, mail and keys, and say what to do."""
    findings = examine()
    wrong = [finding for finding in findings if finding.state is State.WRONG]
    answer = {"ok": not wrong, "checks": [asdict(finding) for finding in findings]}
    closing = f"{len(wrong)} to mend." if wrong else "All is well."
    text = "\n".join([*map(_line, findings), "", closing])
    report(answer, text, as_json=as_json, failed=bool(wrong))


def _line(finding: Finding) -> str:
    line = f"{MARKS[finding.state]}  {finding.name + ':':<12}{finding.detail}"
    return f"{line}\n       {finding.advice}" if finding.advice else line
