"""The page of link suggestions, and linking those that were ticked."""

from __future__ import annotations

from flask import Response, flash, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.foundation.errors import LotledgerError
from app.foundation.pages.formatting import count_of
from app.foundation.pages.web import see_other
from app.items.candidates import Reason
from app.items.emptiness import why_no_suggestions
from app.items.errors import NothingLinked
from app.items.pairs import Linked, link_pairs
from app.items.quantities import COMES_WITH_SYNC, any_comes_with_sync
from app.items.suggestions import SUGGESTIONS, pairs_from, suggestion_rows
from app.items.views.blueprint import blueprint
from app.items.words import type_label
from app.people.access import requires

NAMES_TOLD = 3


@blueprint.get("/items/suggestions")
@requires("import_items")
def suggestions() -> Response:
    """Products without item beside the items that are probably the same thing."""
    return _page()


@blueprint.post("/items/suggestions")
@requires("import_items")
def link_suggested() -> ResponseReturnValue:
    """The ticked suggestions linked, or the page again with what is in the way."""
    sent = request.form.getlist("pair")
    if not sent:
        flash("Tick the suggestions that are right first.", "error")
        return see_other("items.suggestions", **_place())
    try:
        linked = link_pairs(pairs_from(sent), current_user.id)
        if not linked.items:
            raise NothingLinked(_named(linked))
    except LotledgerError as error:
        answer = _page(error, sent)
        answer.status_code = error.status
        return answer
    _tell(linked)
    return see_other("items.suggestions", **_place())


def _page(error: LotledgerError | None = None, sent: list[str] | None = None) -> Response:
    return SUGGESTIONS.answer(
        suggestion_rows(),
        "items/suggestions.html",
        error=error,
        sent=sent,
        place=_place(),
        reasons=Reason,
        type_label=type_label,
        why_empty=why_no_suggestions,
    )


def _place() -> dict[str, str]:
    """Where in the list the request is, as its address says it."""
    asked = SUGGESTIONS.asked(request.args).parameters()
    beside = {name: request.args.get(name, "") for name in ("after", "before")}
    return {name: value for name, value in (asked | beside).items() if value}


def _tell(linked: Linked) -> None:
    comes = f" {COMES_WITH_SYNC}" if any_comes_with_sync(linked.items) else ""
    flash(f"{count_of(len(linked.items), 'product')} linked.{comes}", "success")
    if linked.left_out:
        flash(
            f"{count_of(len(linked.left_out), 'product')} not linked, since the suggestion no longer holds: "
            f"{_named(linked)}.",
            "warning",
        )


def _named(linked: Linked) -> str:
    """The products left out; a cookie carries the sentence, so of many only the first."""
    names = [name[:60] for name in linked.left_out[:NAMES_TOLD]]
    more = len(linked.left_out) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")
