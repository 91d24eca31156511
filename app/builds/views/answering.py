"""What is done with a build leads to its page, which says what was done or why nothing was."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash
from werkzeug.wrappers import Response

from app.builds.models import Build
from app.builds.statuses import BuildStatus, Event, refusal
from app.foundation.errors import Conflict, InvalidInput
from app.foundation.forms import Form
from app.foundation.web import see_other

Act = Callable[[], Build]
Said = Callable[[Build], str]


def at_once(build_id: int, act: Act, said: Said) -> Response:
    """The build's page, after what a button does."""
    try:
        build = act()
    except Conflict as error:
        flash(error.message, "error")
    else:
        flash(said(build), "success")
    return see_other("builds.show", build_id=build_id)


def by_form(build_id: int, form: Form, act: Act, said: Said) -> Response | None:
    """The same after what a form asks for; None while there is a form to show, refused or not sent yet."""
    if not form.validate_on_submit():
        return None
    try:
        return at_once(build_id, act, said)
    except InvalidInput as error:
        form.refuse(error)
        return None


def impossible(build: Build, event: Event) -> Response | None:
    """The page of a build to which the event cannot happen, which says why; None when it can."""
    reason = refusal(build.number, BuildStatus(build.status), event)
    if reason is None:
        return None
    flash(reason, "error")
    return see_other("builds.show", build_id=build.id)
