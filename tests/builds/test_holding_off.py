"""Approving, rejecting and undoing move stock, so a sync holds them off, and they a sync (BLD-44, LOCK-3)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis

from app.builds import service
from app.builds.models import Build
from app.builds.service import get_build
from app.builds.statuses import BuildStatus, Recovery, RejectionReason
from app.extensions import db
from app.foundation.errors import InvalidInput
from app.sync import lock
from app.sync.errors import SyncLockHeld
from app.sync.lock import Purpose
from app.sync.models import RunKind
from app.sync.runs import request_run
from tests.builds.waiting import await_waiting, held
from tests.people.member import join
from tests.support.builds import Shop, built, in_review
from tests.support.people import create_user
from tests.sync.builders import create_connection

Act = Callable[[int, int | None], Build]


def approve(build_id: int, user_id: int | None) -> Build:
    return service.approve(build_id, "", user_id)


def reject(build_id: int, user_id: int | None) -> Build:
    return service.reject(build_id, RejectionReason.OTHER, Recovery.FULL, {}, "", user_id)


def undo(build_id: int, user_id: int | None) -> Build:
    return service.undo(build_id, "", user_id)


ACTS = {"Approval of": approve, "Rejection of": reject, "Undoing of": undo}


@pytest.fixture(params=ACTS)
def doing(request: pytest.FixtureRequest) -> str:
    """What is done, as others read it."""
    return str(request.param)


@pytest.fixture
def build(shop: Shop, doing: str) -> Build:
    """A build to which it can happen."""
    return built(shop.bom.id) if doing == "Undoing of" else in_review(shop.bom.id)


def test_while_a_sync_runs_it_is_refused_with_who_and_how_long(shop: Shop, doing: str, build: Build) -> None:
    before, status = shop.stock(), build.status
    running = lock.acquire("Item sync of Acme", "Ada Byron", 7)
    started = time.monotonic()
    with pytest.raises(SyncLockHeld) as refusal:
        ACTS[doing](build.id, None)
    assert time.monotonic() - started < 2
    assert "Item sync of Acme, started by Ada Byron" in refusal.value.message
    assert "seconds at most" in refusal.value.message
    db.session.expire_all()
    assert (shop.stock(), get_build(build.id).status) == (before, status)
    running.release()
    assert ACTS[doing](build.id, None).status != status


def test_meanwhile_a_sync_is_refused_with_who_and_how_long(
    app: Flask, shop: Shop, doing: str, build: Build
) -> None:
    ada, connection = create_user("admin", first_name="Ada", last_name="Byron").id, create_connection()
    build_id, number = build.id, build.number

    def act() -> None:
        with app.app_context():
            ACTS[doing](build_id, ada)

    thread = threading.Thread(target=act)
    with held(shop.product_id if doing == "Approval of" else shop.board):
        thread.start()
        await_waiting()
        with pytest.raises(SyncLockHeld) as refusal:
            request_run(RunKind.ITEM_SYNC, connection, "Item sync of Acme", None)
    thread.join(60)
    assert f"{doing} {number}, 2 × Box, started by Ada Byron" in refusal.value.message
    assert "seconds at most" in refusal.value.message
    request_run(RunKind.ITEM_SYNC, connection, "Item sync of Acme", None)


def test_it_waits_for_a_build_s_moment(app: Flask, doing: str, build: Build) -> None:
    other = lock.acquire("Build B-000009, 1 × Chair", "Grace", purpose=Purpose.BUILD)

    def end() -> None:
        with app.app_context():
            other.release()

    timer = threading.Timer(0.5, end)
    timer.start()
    started = time.monotonic()
    ACTS[doing](build.id, None)
    assert 0.4 < time.monotonic() - started < 8
    timer.join()


def test_the_lock_is_free_afterwards(doing: str, build: Build) -> None:
    ACTS[doing](build.id, None)
    assert lock.holder() is None


def test_and_after_a_refusal(shop: Shop) -> None:
    build = in_review(shop.bom.id)
    with pytest.raises(InvalidInput):
        service.reject(
            build.id, RejectionReason.OTHER, Recovery.PARTIAL, {shop.board: build.quantity * 9}, "", None
        )
    assert lock.holder() is None


def test_a_rejection_that_meets_a_sync_keeps_what_was_typed(app: Flask, shop: Shop, redis_url: str) -> None:
    owner, build = join(app, "owner"), in_review(shop.bom.id)
    page = owner.get(f"/builds/{build.id}/reject")
    lock.acquire("Item sync of Acme", "Ada Byron", 7)
    page = owner.submit(page, "Reject", 400, reason="other", mode="full", notes="Too light")
    assert "Item sync of Acme, started by Ada Byron" in page.document.one(role="alert").text
    assert page.document.one(id="notes").text.strip() == "Too light"
    Redis.from_url(redis_url).delete(lock.KEY)
    page = owner.submit(page, "Reject")
    assert "is rejected" in page.notices[0]
    assert get_build(build.id).status == BuildStatus.REJECTED
