"""Jobs for the tests of workers; they leave their traces in Redis."""

from __future__ import annotations

import os
import time

from flask import current_app

from app.foundation.redis import redis_client


def note(number: int) -> None:
    """`number` is in the list of this app."""
    redis_client().rpush("noted", f"{current_app.name} {number}")


def fail(number: int) -> None:
    """Raises."""
    raise RuntimeError(f"sample failure {number}")


def take_a_second(number: int) -> None:
    """Says who works on it, then takes its time."""
    redis_client().set("working", os.getpid())
    time.sleep(1)
    note(number)
