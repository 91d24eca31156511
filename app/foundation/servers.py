"""Where this installation's PostgreSQL and Redis are: those of the settings, or embedded ones."""

from __future__ import annotations

from app.foundation.embedded.postgres import ensure_postgres
from app.foundation.embedded.redis import ensure_redis
from config import Settings


def server_urls(settings: Settings) -> tuple[str, str]:
    """The addresses of the database and of Redis; an embedded server is started where no address is set."""
    database_url = settings.database_url or ensure_postgres(settings.instance_dir / "postgres")
    redis_url = settings.redis_url or ensure_redis(settings.instance_dir / "redis")
    return database_url, redis_url
