"""Error pages: a sentence and a way on, never a traceback.

htmx requests get the sentence alone, which `htmx-config` puts among the page's notices.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.extensions import db, login_manager
from app.foundation.errors import LotledgerError

log = structlog.get_logger(__name__)

WORDS: dict[int, tuple[str, str]] = {
    400: (
        "That request could not be read",
        "Something in it is not as this page expects. Go back and try again.",
    ),
    401: ("Please sign in", "This page is for people who are signed in."),
    403: ("Not allowed", "Your role does not allow this. An Owner or Admin can change that under Settings."),
    404: (
        "Not found",
        "There is nothing at this address. It may have been moved, or the link is incomplete.",
    ),
    405: ("Not that way", "This address cannot be used like this. Go back and use the button on the page."),
    409: ("Not just now", "The present state of things does not allow this. Reload the page and try again."),
    413: ("Too large", "What was sent is larger than Lotledger accepts."),
    429: ("Too many attempts", "Please wait a minute before you try again."),
    500: (
        "Something went wrong",
        "The mistake is ours. It has been written to the server's log; nothing was changed.",
    ),
}
STALE_FORM = ("This page was open too long", "Nothing was changed. Go back, reload the page and try again.")


def init_error_pages(app: Flask) -> None:
    """Answers every error of ours and of HTTP with a page in plain words."""
    app.register_error_handler(LotledgerError, _business_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_leave_fragments_for_sign_in)


def _business_error(error: LotledgerError) -> ResponseReturnValue:
    title, _ = WORDS.get(error.status, WORDS[500])
    return error_page(error.status, title, error.message)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400, *STALE_FORM)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError):
        return _our_mistake()
    page = error_page(code, *WORDS.get(code, WORDS[400 if code < 500 else 500]))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            page.headers[name] = value
    return page


def _our_mistake() -> Response:
    """The page for an error nobody foresaw; it asks no room for anything, since any may be what failed."""
    db.session.rollback()
    title, text = WORDS[500]
    if _wants_fragment():
        return _fragment(500, text)
    template = current_app.jinja_env.get_template("errors/unforeseen.html")
    return make_response(template.render(title=title, text=text), 500)


def error_page(code: int, title: str, text: str) -> Response:
    """The answer to a failed request: a notice for htmx, else a page, with navigation for the signed in."""
    if _wants_fragment():
        return _fragment(code, text)
    db.session.rollback()
    name = "errors/inside.html" if current_user.is_authenticated else "errors/outside.html"
    return make_response(render_template(name, code=code, title=title, text=text), code)


def _wants_fragment() -> bool:
    return request.headers.get("HX-Request") == "true"


def _fragment(code: int, text: str) -> Response:
    return make_response(current_app.jinja_env.get_template("errors/fragment.html").render(text=text), code)


def _leave_fragments_for_sign_in(response: Response) -> Response:
    """A fragment asked for after the session ended reloads the page, rather than hold the sign-in form."""
    view = login_manager.login_view
    if (
        _wants_fragment()
        and view
        and response.location
        and url_for(view) == response.location.partition("?")[0]
    ):
        response = make_response("", 401)
        response.headers["HX-Refresh"] = "true"
    return response
