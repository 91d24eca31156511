"""A sync's memory does not grow with the catalogue (design section 15)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from tests.items.connected import connect
from tests.support.processes import ROOT, Program
from tests.support.sandbox import SandboxProcess

FEW, MANY = 1_000, 20_000
MOST_GROWTH_KILOBYTES = 30_000


@contextmanager
def catalogue(items: int) -> Iterator[str]:
    """The address of a provider that serves so many items from memory."""
    command = [sys.executable, "-m", "app.sandbox.replay", "--items", str(items), "--until-eof"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        assert process.stdin is not None
        process.stdin.close()


def peak_of_a_sync(environment: dict[str, str], items: int) -> int:
    """Kilobytes of memory that a process needs for syncing as many items; those before are still there."""
    with (
        catalogue(items) as url,
        Program(environment | {"QBO_API_URL": url}, "tests.items.syncer", 1).start() as program,
    ):
        outcome = program.outcome()
    assert outcome["status"] == "succeeded", outcome["message"]
    assert outcome["created"] > items / 3
    return int(outcome["peak_kilobytes"])


def test_twenty_times_the_items_need_hardly_more_memory(
    app: Flask, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    with app.app_context():
        connect(sandbox)
    few = peak_of_a_sync(process_environment, FEW)
    many = peak_of_a_sync(process_environment, MANY)
    assert many - few < MOST_GROWTH_KILOBYTES
