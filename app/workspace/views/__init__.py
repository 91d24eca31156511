"""The pages of the workspace: first-run set-up, business settings, features, alerts, audit log."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("workspace", "app.workspace", template_folder="templates")

from app.workspace.views import alerts, audit, first_run, settings  # noqa: E402  they add their pages to it

__all__ = ["alerts", "audit", "blueprint", "first_run", "settings"]
