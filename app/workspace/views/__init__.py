"""The pages of the workspace: first-run set-up, business settings, features, alerts, audit log.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.workspace.views import alerts, audit, features, first_run, settings
from app.workspace.views.blueprint import blueprint

__all__ = ["alerts", "audit", "blueprint", "features", "first_run", "settings"]
