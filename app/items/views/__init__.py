"""Pages of accounting items: the list, one item, import, links, link suggestions.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.items.views import importing, items, links, suggestions
from app.items.views.blueprint import blueprint

__all__ = ["blueprint", "importing", "items", "links", "suggestions"]
