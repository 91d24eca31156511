"""A worker that does all the jobs that wait, then ends: `python -m tests.support.burst_worker`."""

from __future__ import annotations

import os

from app import create_app
from app.foundation.background.worker import work
from config import Settings

if __name__ == "__main__":
    work(create_app(Settings.from_environment(os.environ)), until_empty=True)
