"""Pages of BOMs: the lists, one version, and the form.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.boms.views import boms, editing, lists
from app.boms.views.blueprint import blueprint

__all__ = ["blueprint", "boms", "editing", "lists"]
