"""The sandbox as a WSGI application."""

from flask import Flask, Response

from app.sandbox import api, control, mailboxpages, oauth, pages
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
    for room in (api, oauth, control, pages, mailboxpages):
        app.register_blueprint(room.blueprint)
    api.answer_faults(app)
    app.after_request(_guard)
    app.wsgi_app = Front(app.wsgi_app, state)  # type: ignore[method-assign]
    return app


def _guard(response: Response) -> Response:
    """Pages load nothing from elsewhere and run no script. The consent form may lead to any app, so no form-action."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
