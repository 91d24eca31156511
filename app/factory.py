"""The factory behind `app.create_app`: wires the rooms together and knows no business rule."""

from __future__ import annotations

from functools import partial

import simplejson
from flask import Flask
from jinja2 import StrictUndefined

from app import MAX_UPLOAD_BYTES
from app.extensions import csrf, db, limiter, login_manager, mail, migrate
from app.foundation import redis, smtp
from app.foundation.pages import error_pages, security, templating
from app.foundation.servers import server_urls
from config import Settings


def build_app(settings: Settings) -> Flask:
    """The application for one installation; what `app.create_app` gives."""
    app = Flask("app")
    _configure(app, settings)
    _bind_extensions(app)
    _dress_pages(app)
    _open_rooms(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    database_url, redis_url = server_urls(settings)
    https = settings.app_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": True,
            "pool_size": 10,
            "max_overflow": 10,
            # Numbers inside JSON columns stay exact, too.
            "json_serializer": partial(simplejson.dumps, use_decimal=True),
            "json_deserializer": partial(simplejson.loads, use_decimal=True),
        },
        REDIS_URL=redis_url,
        RATELIMIT_STORAGE_URI=redis_url.replace("unix://", "redis+unix://", 1),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PREFERRED_URL_SCHEME="https" if https else "http",
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        MAIL_SERVER=settings.mail.server,
        MAIL_PORT=settings.mail.port,
        MAIL_USERNAME=settings.mail.username,
        MAIL_PASSWORD=settings.mail.password,
        MAIL_USE_TLS=settings.mail.use_tls,
        MAIL_DEFAULT_SENDER=settings.mail.default_sender,
        MAIL_BACKEND=smtp.VerifyingBackend,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    mail.init_app(app)
    redis.init_redis(app, app.config["REDIS_URL"])


def _dress_pages(app: Flask) -> None:
    templating.init_templating(app)
    security.init_security(app)
    error_pages.init_error_pages(app)


def _open_rooms(app: Flask) -> None:
    """Registers each room's pages and commands, in the order of the layers."""
    from app.boms.wiring import init_boms  # noqa: PLC0415
    from app.builds.wiring import init_builds  # noqa: PLC0415
    from app.dashboard.wiring import init_dashboard  # noqa: PLC0415
    from app.demo.command import demo  # noqa: PLC0415  the top layer, known to the factory only
    from app.foundation import health  # noqa: PLC0415
    from app.foundation.commands import register_commands  # noqa: PLC0415
    from app.integrations.wiring import init_integrations  # noqa: PLC0415
    from app.items.sync.wiring import init_item_sync  # noqa: PLC0415
    from app.items.wiring import init_items  # noqa: PLC0415
    from app.people.wiring import init_people  # noqa: PLC0415
    from app.products.wiring import init_products  # noqa: PLC0415
    from app.stock.wiring import init_stock  # noqa: PLC0415
    from app.sync.wiring import init_sync  # noqa: PLC0415
    from app.workspace.wiring import init_workspace  # noqa: PLC0415

    app.register_blueprint(health.blueprint)
    register_commands(app)
    init_people(app)
    init_workspace(app)
    init_integrations(app)
    init_sync(app)
    init_stock(app)
    init_products(app)
    init_items(app)
    init_item_sync(app)
    init_boms(app)
    init_builds(app)
    init_dashboard(app)
    app.cli.add_command(demo)
