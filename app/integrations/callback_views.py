"""Where the providers send the browser back to, and the page that ends a popup."""

from __future__ import annotations

import structlog
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.foundation.errors import LotledgerError
from app.integrations.consent.attempts import POPUP
from app.integrations.consent.callback import Answer, receive
from app.integrations.consent.connecting import Settled
from app.integrations.consent.session import session_secret
from app.people.access import can, signed_in

log = structlog.get_logger()

blueprint = Blueprint("consent", __name__, template_folder="templates")

LONGEST_PART = 4096


@blueprint.get("/integrations/quickbooks/callback")
def quickbooks_callback() -> Response:
    """Always a redirect to one of our own pages, so that no code or state stays in the address bar.

    Needs no decorator: whoever is not signed in, or may not connect, is told so on the page they are led to.
    """
    realm = request.args.get("realmId", "")
    answer = Answer(
        state=_part("state"),
        code=_part("code"),
        company_id=realm if realm.isascii() and realm.isdigit() and len(realm) <= 32 else None,
        error=_part("error"),
    )
    return _answered("quickbooks", answer)


@blueprint.get("/integrations/done")
@signed_in
def done() -> str:
    """The last page of a popup: tells the window that opened it where to go on, and closes."""
    ask, choose = request.args.get("ask", type=int), request.args.get("choose", type=int)
    return render_template("integrations/done.html", target=page_after(Settled(ask=ask, choose=choose)))


def page_after(settled: Settled) -> str:
    """Where the person goes on: to a question, to the choice of the inventory mode, or to the connections."""
    if settled.ask is not None:
        return url_for("integrations.decide", attempt_id=settled.ask)
    if settled.choose is not None:
        return url_for("inventory.choice", connection_id=settled.choose)
    return url_for("integrations.index")


def _answered(provider: str, answer: Answer) -> Response:
    if not current_user.is_authenticated:
        flash("Your sign-in ended before the answer came. Sign in and connect again.", "error")
        return redirect(url_for("integrations.index"))
    if not can("manage_integrations"):
        flash("Your role does not allow you to connect accounting systems.", "error")
        return redirect("/")
    return _back(_use(provider, answer), popup=(answer.state or "").startswith(POPUP))


def _use(provider: str, answer: Answer) -> Settled:
    """Flashes what came of the answer, and returns it."""
    try:
        settled = receive(provider, answer, current_user.id, session_secret())
    except LotledgerError as error:
        flash(error.message, "error")
        return Settled()
    except Exception:  # an error page would leave code and state in the address bar
        db.session.rollback()
        log.exception("callback failed", provider=provider)
        flash("Something went wrong on our side, so nothing was connected. Try again.", "error")
        return Settled()
    if settled.sentence:
        flash(settled.sentence, "success")
    return settled


def _back(settled: Settled, *, popup: bool) -> Response:
    if popup:
        return redirect(url_for("consent.done", ask=settled.ask, choose=settled.choose))
    return redirect(page_after(settled))


def _part(name: str) -> str | None:
    """A parameter of the answer, None when it is missing, empty, or longer than any that is real."""
    value = request.args.get(name, "")
    return value if 0 < len(value) <= LONGEST_PART else None
