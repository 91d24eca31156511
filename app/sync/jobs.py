"""What workers do for syncs."""

from __future__ import annotations

from app.sync import summary, sweep


def sweep_runs() -> None:
    """Ends the runs whose worker died; every worker does so twice a minute."""
    sweep.sweep()


def mail_summary(run_id: int) -> None:
    """Sends the run's summary to those who asked for it."""
    summary.send(run_id)
