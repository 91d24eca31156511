"""What waits for somebody: the next builds of the queue, and products that run low."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.builds.display.queue import queue_rows
from app.builds.models import Build
from app.extensions import db
from app.foundation.lists.listing import Page
from app.products.listing import PRODUCTS, product_rows

FEW = 5
LOW = {"stock": "low"}
"""What the list of products is asked for, here and behind the link."""


def next_builds() -> Sequence[Row[Any]]:
    """The first five of the queue, in its order (BLD-24)."""
    return db.session.execute(queue_rows().order_by(Build.queue_position, Build.id).limit(FEW)).all()


def low_products() -> Page:
    """The first five of the products in use that are at or below their reorder point (DSH-3)."""
    return PRODUCTS.page(product_rows(), LOW, FEW)
