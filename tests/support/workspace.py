"""The workspace's row, as first-run set-up leaves it."""

from __future__ import annotations

from typing import Any

from app.foundation.transaction import transaction
from app.workspace.models import Workspace


def create_workspace(**overrides: Any) -> Workspace:
    """A stored workspace; needs an open application context."""
    values: dict[str, Any] = {"name": "Alder & Finch", "time_zone": "America/New_York", "currency": "USD"}
    with transaction() as session:
        workspace = Workspace(**(values | overrides))
        session.add(workspace)
    return workspace
