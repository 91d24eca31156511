"""Pages of builds: the history, the queue, a new build, one build, its editing, review and undoing.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.builds.views import build, editing, making, queue, review, undoing
from app.builds.views.blueprint import blueprint

__all__ = ["blueprint", "build", "editing", "making", "queue", "review", "undoing"]
