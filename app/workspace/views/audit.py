"""The audit log's page."""

from __future__ import annotations

from flask import Response

from app.people.access import requires
from app.workspace.audit_log import AUDIT_LOG, action_label, changed_facts, entries
from app.workspace.views.blueprint import blueprint


@blueprint.get("/settings/audit")
@requires("manage_team")
def audit() -> Response:
    """Who changed which setting, newest first."""
    return AUDIT_LOG.answer(
        entries(), "workspace/audit.html", action_label=action_label, changed_facts=changed_facts
    )
