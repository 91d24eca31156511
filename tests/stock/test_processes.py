"""Eight processes post to the same twenty products at the same time (OQ-27)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.stock.models import Lot, StockLevel, StockTransaction
from tests.conftest import ROOT
from tests.support.products import create_product
from tests.support.stock import assert_clean

PROCESSES = 8


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.soak)])
def test_nobody_waits_for_ever_and_nothing_is_lost(
    app: Flask, process_environment: dict[str, str], seconds: int
) -> None:
    with app.app_context():
        assert [create_product().id for _ in range(20)] == list(range(1, 21))
    done = subprocess.run(
        [sys.executable, "-m", "tests.stock.poster", str(PROCESSES), str(seconds)],
        cwd=ROOT,
        env=process_environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds + 100,
    )
    counts = json.loads(done.stdout)
    assert len(counts) == PROCESSES
    assert all(one["done"] > 0 for one in counts)
    known = {"done", "InsufficientStock", "LotsAreOn", "CannotReverse", "LotUnavailable"}
    assert set().union(*counts) <= known
    with app.app_context():
        assert db.session.scalar(select(func.min(StockLevel.on_hand))) >= 0
        assert (db.session.scalar(select(func.min(Lot.quantity_remaining))) or 0) >= 0
        assert db.session.scalar(select(func.count()).select_from(StockTransaction)) > 0
        assert_clean()
