"""What is done with a build leads to its page, which says what was done or why nothing was."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash
from werkzeug.wrappers import Response

from app.builds.errors import BuildChanged, WrongStatus
from app.builds.models import Build
from app.builds.statuses import BuildStatus, Event, refusal
from app.foundation.errors import Conflict, InvalidInput
from app.foundation.pages.forms import Form
from app.foundation.pages.web import see_other

Act = Callable[[], Build]
Said = Callable[[Build], str]


def at_once(build_id: int, act: Act, said: Said) -> Response:
    """The build's page, after what a button does."""
    try:
        build = act()
    except Conflict as error:
        return led_away(build_id, error.message)
    return _led(build_id, said(build), "success")


def by_form(build_id: int, form: Form, act: Act, said: Said) -> Response | None:
    """The same after what a form asks for; None while there is a form to show.

    That is one not sent yet, or refused, or one that can be sent again once a sync has ended. That of a build
    that was changed meanwhile cannot, so BuildChanged goes on to whoever asked.
    """
    if not form.validate_on_submit():
        return None
    try:
        build = act()
    except InvalidInput as error:
        form.refuse(error)
    except WrongStatus as error:
        return led_away(build_id, error.message)
    except BuildChanged:
        raise
    except Conflict as error:
        form.form_errors.append(error.message)
    else:
        return _led(build_id, said(build), "success")
    return None


def impossible(build: Build, event: Event) -> Response | None:
    """The page of a build to which the event cannot happen, which says why; None when it can."""
    reason = refusal(build.number, BuildStatus(build.status), event)
    return led_away(build.id, reason) if reason else None


def led_away(build_id: int, reason: str) -> Response:
    """The build's page, which says why something cannot be done."""
    return _led(build_id, reason, "error")


def _led(build_id: int, message: str, tone: str) -> Response:
    flash(message, tone)
    return see_other("builds.show", build_id=build_id)
