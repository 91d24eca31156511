"""The sandbox as a WSGI application."""

from flask import Flask, Response, abort, request

from app.sandbox import api, control, itempages, mailboxpages, oauth
from app.sandbox.front import Front
from app.sandbox.options import SandboxOptions
from app.sandbox.state import State

POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def create_sandbox(options: SandboxOptions | None = None) -> Flask:
    """A sandbox in its first state; several in one process know nothing of each other.

    Its `State` is at `extensions["sandbox"]`.
    """
    app = Flask(__name__)
    state = State(options or SandboxOptions())
    app.extensions["sandbox"] = state
    for room in (api, oauth, control, itempages, mailboxpages):
        app.register_blueprint(room.blueprint)
    api.answer_faults(app)
    app.before_request(_refuse_other_sites)
    app.after_request(_guard)
    app.wsgi_app = Front(app.wsgi_app, state)  # type: ignore[assignment]
    return app


def _refuse_other_sites() -> None:
    """A page of another site cannot press this sandbox's buttons."""
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _guard(response: Response) -> Response:
    """Pages load nothing from elsewhere and run no script.

    There is no `form-action`: the consent form leads to the app, at whatever address it lives.
    """
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
