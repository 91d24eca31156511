"""The start page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.builds.display import words
from app.builds.views.blueprint import SEE
from app.dashboard.figures import count_everything, told
from app.dashboard.steps import has_started, steps_for
from app.dashboard.waiting import LOW, low_products, next_builds
from app.extensions import db
from app.foundation.pages.navigation import main_places
from app.integrations.health import state_word
from app.integrations.inventory_page import mode_word
from app.integrations.notices import connections_for_page
from app.people.access import can, signed_in
from app.sync.models import SyncRun
from app.sync.progress import TONES
from app.workspace.service import remember_start

blueprint = Blueprint("dashboard", __name__, template_folder="templates")

RECENT_RUNS = 5


@blueprint.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """How things stand; who may not see that starts at the first place that is open to them."""
    if not can("view_dashboard"):
        return redirect(main_places(can)[0].url, code=303)
    figures = count_everything()
    if has_started(figures) and not figures.got_started:
        remember_start()
    sees_builds = any(can(each) for each in SEE)
    return render_template(
        "dashboard/index.html",
        figures=figures,
        told=told,
        low=low_products() if figures.products and can("view_inventory") else None,
        builds=next_builds() if figures.products and sees_builds else None,
        build_words=words,
        list_low=LOW,
        steps=steps_for(figures, can),
        connections=[(each, *state_word(each), mode_word(each)) for each in connections_for_page()],
        runs=db.session.scalars(select(SyncRun).order_by(SyncRun.id.desc()).limit(RECENT_RUNS)).all(),
        tones=TONES,
    )
