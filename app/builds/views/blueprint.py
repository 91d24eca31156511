"""The room's blueprint, apart from the pages so that each of them can import it, and who may see builds."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("builds", "app.builds", template_folder="templates")

SEE = ("view_inventory", "plan_builds", "execute_builds", "approve_builds")
"""Any of these lets a person look at builds."""
MAKE = ("plan_builds", "execute_builds")
"""Any of these lets a person start one."""
