"""Whatever happens in whatever order: nothing is lost, and paper and ledger agree (design section 3)."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stock.machine import LedgerMachine
from tests.support.soak import trials

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("trial", trials(1, 25))
def test_any_sequence_of_movements_conserves_quantity_and_value(app: Flask, trial: int) -> None:
    machine = seed(trial)(LedgerMachine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5,
            stateful_step_count=25,
            deadline=None,
            database=None,
            # Shrinking takes longer than a test may; the seed brings the same sequence back.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
