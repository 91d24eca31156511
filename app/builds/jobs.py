"""What workers do for builds."""

from __future__ import annotations

from app.builds.queue import autoplanning


def check_build_points() -> None:
    """Every build point is checked, for stock that moved by something else than a build."""
    autoplanning.check_build_points()
