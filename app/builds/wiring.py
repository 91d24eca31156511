"""How builds are joined to the app."""

from __future__ import annotations

from flask import Flask

from app.boms.availability import register_reservations
from app.builds.checks import check_builds
from app.builds.doors import open_pages
from app.builds.reserving import committed
from app.foundation.background.jobs import register_schedule
from app.stock.service import register_check

CHECK_SECONDS = 60


def init_builds(app: Flask) -> None:
    """The app has builds, `stock verify` looks at them, and build points are checked every minute."""
    register_check(check_builds)
    register_reservations(committed)
    open_pages(app)
    register_schedule("app.builds.jobs.check_build_points", CHECK_SECONDS)
