"""The installation's Redis: queues, the sync lock, rate limits. Nothing is kept there that cannot be lost."""

from __future__ import annotations

from flask import Flask, current_app
from redis import ConnectionPool, Redis


def init_redis(app: Flask, url: str) -> None:
    """Gives the app one connection pool; connecting waits for the first use."""
    app.extensions["redis_pool"] = ConnectionPool.from_url(
        url, decode_responses=True, socket_connect_timeout=3, socket_timeout=10
    )


def redis_client() -> Redis:
    """A client on the app's pool, answering in text."""
    return Redis(connection_pool=current_app.extensions["redis_pool"])
