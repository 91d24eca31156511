"""What workers do for items."""

from __future__ import annotations

from app.items.sync import runs


def sync_items(run_id: int) -> None:
    """Carries the queued run out; calling it twice does the work once."""
    runs.carry_out(run_id)
