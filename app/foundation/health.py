"""Whether this installation works: `/healthz` (the process lives) and `/readyz` (so does what it needs)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, jsonify
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.foundation.background.jobs import connection_for
from app.foundation.background.worker import live_workers

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True)
class Readiness:
    """What the process found when it reached for the database, Redis and the workers."""

    database: bool
    redis: bool
    workers: int

    @property
    def ready(self) -> bool:
        """Whether people can work: a page, a job and somebody to do it."""
        return self.database and self.redis and self.workers > 0


def readiness() -> Readiness:
    """The state of things at this moment; never raises."""
    redis_up, workers = _redis_and_workers()
    return Readiness(_database(), redis_up, workers)


def _database() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis_and_workers() -> tuple[bool, int]:
    connection = connection_for(current_app.config["REDIS_URL"])
    try:
        return True, live_workers(connection)
    except RedisError:
        return False, 0
    finally:
        connection.close()


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answers as long as the process does."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when everything needed is there, else 503; the JSON says what is missing."""
    found = readiness()
    answer = {
        "ready": found.ready,
        "database": "ok" if found.database else "unreachable",
        "redis": "ok" if found.redis else "unreachable",
        "workers": found.workers,
    }
    return jsonify(answer), 200 if found.ready else 503
