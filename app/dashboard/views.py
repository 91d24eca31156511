"""The start page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.dashboard.figures import count_everything
from app.dashboard.steps import steps_for
from app.extensions import db
from app.foundation.navigation import main_places
from app.integrations.health import state_word
from app.integrations.inventory_page import mode_word
from app.integrations.service import connections
from app.people.access import can, signed_in
from app.sync.models import SyncRun
from app.sync.progress import TONES

blueprint = Blueprint("dashboard", __name__, template_folder="templates")

RECENT_RUNS = 5


@blueprint.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """How things stand; who may not see that starts at the first place that is open to them."""
    if not can("view_dashboard"):
        return redirect(main_places(can)[0].url, code=303)
    figures = count_everything()
    return render_template(
        "dashboard/index.html",
        figures=figures,
        steps=steps_for(figures, can),
        connections=[(each, *state_word(each), mode_word(each)) for each in connections()],
        runs=db.session.scalars(select(SyncRun).order_by(SyncRun.id.desc()).limit(RECENT_RUNS)).all(),
        tones=TONES,
    )
