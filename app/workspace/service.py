"""Reading and changing the workspace."""

from __future__ import annotations

from app.extensions import db
from app.foundation.errors import Conflict
from app.workspace.models import THE_ONE, Workspace


def find_workspace() -> Workspace | None:
    """The workspace, or None before the first-run set-up."""
    return db.session.get(Workspace, THE_ONE)


def current_workspace() -> Workspace:
    """The workspace; raises Conflict before the first-run set-up."""
    workspace = find_workspace()
    if workspace is None:
        raise Conflict("This workspace has not been set up yet.")
    return workspace
