"""How many products a decision on a connection would concern."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from app.extensions import db
from app.items.models import ItemLink
from app.products.models import Product


def count_unlinked(connection_id: int) -> int:
    """How many active products are not linked to any item of the connection."""
    linked = exists().where(ItemLink.product_id == Product.id, ItemLink.connection_id == connection_id)
    query = select(func.count()).select_from(Product).where(Product.is_active, ~linked)
    return db.session.scalar(query) or 0
