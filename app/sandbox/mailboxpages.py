"""Pages of the mailbox: the list, a message, and its HTML part on a page of its own."""

from flask import Blueprint, Response, abort, render_template

from app.sandbox.mailbox import CaughtMail
from app.sandbox.state import current_state

HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""Mail may style itself, but runs nothing, loads nothing and sends no form."""

blueprint = Blueprint("mailboxpages", __name__, url_prefix="/mailbox")


@blueprint.get("")
def index() -> str:
    return render_template("sandbox/mailbox.html", mails=current_state().mailbox.all())


@blueprint.get("/<int:number>")
def message(number: int) -> str:
    return render_template("sandbox/message.html", mail=_mail(number))


@blueprint.get("/<int:number>/html")
def html_part(number: int) -> Response:
    body = _mail(number).html
    if not body:
        abort(404)
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": HTML_POLICY})


def _mail(number: int) -> CaughtMail:
    mail = current_state().mailbox.get(number)
    if mail is None:
        abort(404)
    return mail
