"""Whatever the provider does, at whichever request: a run ends, and never half-way (SYNC, OQ-18)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, current_app

from app.sandbox.faults import Kind
from app.sync import lock
from app.sync.models import SyncRun
from tests.items.connected import IMPATIENT, connect, item, stored, sync
from tests.support.sandbox import SandboxProcess

REQUESTS = 4
"""Of a first sync of 2,500 items: the count, and three pages."""
PASSING = (
    Kind.rate_limit,
    Kind.server_error,
    Kind.unavailable,
    Kind.slow,
    Kind.trickle,
    Kind.cut,
    Kind.silent,
    Kind.dropped,
)
"""What is mended by asking again."""


@pytest.fixture
def connection_id(context: Flask, sandbox: SandboxProcess) -> int:
    sandbox.reset(items=2500)
    connection_id = connect(sandbox)
    current_app.config["PROVIDER_OPTIONS"] = replace(
        IMPATIENT, read_timeout=0.8, total_timeout=1.2, max_bytes=8 * 1024 * 1024
    )
    sandbox.forget_requests()
    return connection_id


def assert_whole(run: SyncRun) -> None:
    """The run ended with everything, or with nothing and a sentence; the lock is free either way."""
    assert run.status in {"succeeded", "failed"}
    assert len(stored()) == run.created
    assert (run.created > 0) == (run.status == "succeeded")
    assert run.status == "succeeded" or (run.message or "").endswith((".", "!"))
    assert lock.holder() is None


@pytest.mark.parametrize("request_number", range(REQUESTS))
@pytest.mark.parametrize("kind", list(Kind))
def test_a_single_fault_is_overcome_or_ends_the_run(
    connection_id: int, sandbox: SandboxProcess, kind: Kind, request_number: int
) -> None:
    sandbox.fault(kind.value, skip=request_number, seconds=3)
    run = sync(connection_id)
    assert_whole(run)
    if kind in PASSING:
        assert run.status == "succeeded", run.message
    assert len(sandbox.requests("/query")) <= REQUESTS + 1


@pytest.mark.parametrize("kind", list(Kind))
def test_a_fault_that_stays_ends_the_run_with_a_sentence(
    connection_id: int, sandbox: SandboxProcess, kind: Kind
) -> None:
    sandbox.fault(kind.value, skip=2, times=1000, seconds=3)
    run = sync(connection_id)
    assert_whole(run)
    assert run.status == "failed"
    assert len(sandbox.requests("/query")) <= 2 + IMPATIENT.attempts + 1


def test_a_failed_run_leaves_what_was_there(connection_id: int, sandbox: SandboxProcess) -> None:
    sync(connection_id)
    before = stored()
    changed = next(iter(before))
    sandbox.control("items", {"upsert": [{"Id": changed, "Name": "Elm board"}]})
    sandbox.fault("server_error", skip=2, times=1000)
    assert sync(connection_id).status == "failed"
    assert stored() == before
    sandbox.clear_faults()
    assert sync(connection_id).updated == 1
    assert item(changed).name == "Elm board"


@pytest.mark.parametrize("change", [{"UnitPrice": "1E+400"}, {"QtyOnHand": "99999999999999999999"}])
def test_a_document_that_makes_no_sense_changes_nothing(
    connection_id: int, sandbox: SandboxProcess, change: dict[str, str]
) -> None:
    sync(connection_id)
    before = stored()
    victim = next(iter(before))
    sandbox.control("items", {"upsert": [{"Id": victim, **change}]})
    run = sync(connection_id)
    assert run.status == "failed"
    assert victim in (run.message or "")
    assert stored() == before


def test_nul_bytes_do_no_harm(connection_id: int, sandbox: SandboxProcess) -> None:
    sync(connection_id)
    victim = next(iter(stored()))
    sandbox.control("items", {"upsert": [{"Id": victim, "Name": "Elm\x00 board"}]})
    assert sync(connection_id).status == "succeeded"
    assert "\x00" not in item(victim).name


def test_revoked_tokens_end_the_run_and_mark_the_connection(
    connection_id: int, sandbox: SandboxProcess
) -> None:
    sandbox.control("tokens", {"revoke": True})
    run = sync(connection_id)
    assert run.status == "failed"
    assert "econnect" in (run.message or "")
