"""Pages of the catalogue: the list, one product, its stock and history.

Importing the package makes each module add its pages to the one blueprint.
"""

from __future__ import annotations

from app.products.views import catalogue, stock
from app.products.views.blueprint import blueprint

__all__ = ["blueprint", "catalogue", "stock"]
