"""One holder at a time, for a while, and never one too late (LOCK-1…5)."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.foundation.errors import Conflict
from app.foundation.redis import redis_client
from app.sync import lock
from app.sync.errors import Superseded, SyncLockHeld
from app.sync.lock import Purpose
from tests.support.workspace import create_workspace


@pytest.fixture(autouse=True)
def workspace(context: Flask) -> None:
    create_workspace()


@pytest.fixture
def short_lease(app: Flask) -> object:
    app.config["SYNC_LOCK_SECONDS"] = 1
    yield
    del app.config["SYNC_LOCK_SECONDS"]


def test_the_second_is_told_who_holds_it_and_for_how_long_at_most() -> None:
    lock.acquire("Item sync of Acme", "Ada Byron")
    with pytest.raises(SyncLockHeld) as refusal:
        lock.acquire("Build 12", "Grace Hopper")
    assert "Item sync of Acme, started by Ada Byron" in refusal.value.message
    assert "in 300 seconds at most" in refusal.value.message


def test_a_released_lock_is_free() -> None:
    lock.acquire("Item sync of Acme", "Ada").release()
    assert lock.holder() is None
    lock.acquire("Build 12", "Grace")


def test_the_product_leases_it_for_five_minutes() -> None:
    lock.acquire("Item sync of Acme", "Ada")
    assert 299 <= redis_client().ttl(lock.KEY) <= 300


def test_an_unreleased_lock_lapses(short_lease: None) -> None:
    lock.acquire("Item sync of Acme", "Ada")
    time.sleep(1.1)
    lock.acquire("Build 12", "Grace")


def test_renewing_prolongs_the_lease(short_lease: None) -> None:
    held = lock.acquire("Item sync of Acme", "Ada")
    for _ in range(4):
        time.sleep(0.4)
        held.renew()
    assert lock.holder() is not None


def test_a_lapsed_lock_cannot_be_renewed_or_released_by_its_former_holder(short_lease: None) -> None:
    former = lock.acquire("Item sync of Acme", "Ada")
    time.sleep(1.1)
    lock.acquire("Build 12", "Grace")
    with pytest.raises(Superseded):
        former.renew()
    former.release()
    holder = lock.holder()
    assert holder is not None
    assert holder.who == "Grace"


def test_a_former_holder_cannot_commit(short_lease: None) -> None:
    former = lock.acquire("Item sync of Acme", "Ada")
    time.sleep(1.1)
    later = lock.acquire("Build 12", "Grace")
    with db.engine.begin() as connection:
        later.check(connection)
    with db.engine.begin() as connection, pytest.raises(Superseded):
        former.check(connection)


def test_nobody_acquires_between_a_holders_check_and_its_commit(context: Flask) -> None:
    held = lock.acquire("Item sync of Acme", "Ada")
    with db.engine.begin() as connection:
        held.check(connection)
        with db.engine.begin() as other, pytest.raises(Exception, match="could not obtain lock"):
            other.execute(text("SELECT 1 FROM workspace FOR UPDATE NOWAIT"))


def test_without_a_workspace_the_lock_is_not_kept() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM workspace"))
    with pytest.raises(Conflict, match="set up"):
        lock.acquire("Item sync of Acme", "Ada")
    assert lock.holder() is None


def test_the_holder_says_whether_it_is_a_sync_or_a_build() -> None:
    held = lock.acquire("Item sync of Acme", "Ada")
    with pytest.raises(SyncLockHeld) as refusal:
        lock.acquire("B-000012", "Grace", purpose=Purpose.BUILD)
    assert not refusal.value.passing
    held.release()
    lock.acquire("B-000012", "Grace", purpose=Purpose.BUILD)
    with pytest.raises(SyncLockHeld, match="B-000012, started by Grace") as refusal:
        lock.acquire("Item sync of Acme", "Ada")
    assert refusal.value.passing
