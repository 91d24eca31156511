"""Links between products and accounting items, made and undone one at a time."""

from __future__ import annotations

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session, joinedload

from app.extensions import db
from app.foundation.errors import NotFoundError
from app.foundation.transaction import transaction
from app.integrations.models import Connection
from app.items.errors import ItemInactive, ItemLinked, ProductLinked
from app.items.models import AccountingItem, ItemLink
from app.products.models import Product
from app.products.service import LARGEST_ID, get_product

LINKS_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('lotledger:item-links'))")


def take_links_lock(session: Session) -> None:
    """Until the transaction ends nobody else imports, links or unlinks, so what was checked stays true."""
    session.execute(LINKS_LOCK)


def get_item(item_id: int) -> AccountingItem:
    """The item with its link and product; raises NotFoundError."""
    loaded = joinedload(AccountingItem.link).joinedload(ItemLink.product)
    if 0 < item_id <= LARGEST_ID:
        item = db.session.get(AccountingItem, item_id, options=[loaded], populate_existing=True)
        if item is not None:
            return item
    raise NotFoundError("There is no such accounting item.")


def link_item(item_id: int, product_id: int, user_id: int | None) -> ItemLink:
    """The product stands for the item; raises ItemLinked, ProductLinked, ItemInactive or NotFoundError."""
    with transaction() as session:
        take_links_lock(session)
        item, product = get_item(item_id), get_product(product_id)
        if item.link is not None:
            raise ItemLinked(item.name, item.link.product.name)
        if not item.active:
            raise ItemInactive(item.name)
        _refuse_second_item(product, item.connection_id)
        made = ItemLink(product=product, connection_id=item.connection_id, linked_by=user_id)
        item.link = made
    return made


def _refuse_second_item(product: Product, connection_id: int) -> None:
    query = (
        select(AccountingItem.name, Connection.company_name)
        .join(ItemLink, ItemLink.accounting_item_id == AccountingItem.id)
        .join(Connection, Connection.id == ItemLink.connection_id)
        .where(ItemLink.product_id == product.id, ItemLink.connection_id == connection_id)
    )
    other = db.session.execute(query).first()
    if other is not None:
        raise ProductLinked(product.name, other.name, other.company_name)


def unlink_item(item_id: int) -> Product | None:
    """The item belongs to no product; returns the one it belonged to, which stays, or None."""
    with transaction() as session:
        take_links_lock(session)
        link = get_item(item_id).link
        if link is None:
            return None
        product = link.product
        session.delete(link)
    return product


def links_of(product_id: int) -> list[ItemLink]:
    """The product's links with their items and companies, oldest first (IMP-3)."""
    query = select(ItemLink).options(joinedload(ItemLink.accounting_item), joinedload(ItemLink.connection))
    return list(db.session.scalars(query.where(ItemLink.product_id == product_id).order_by(ItemLink.id)))


def count_links(connection_id: int) -> int:
    """How many products are linked to items of the connection."""
    query = select(func.count()).select_from(ItemLink).where(ItemLink.connection_id == connection_id)
    return db.session.scalar(query) or 0


def drop_links(connection_id: int) -> int:
    """The connection's links are gone once the current transaction commits; returns how many there were."""
    take_links_lock(db.session())
    dropped = db.session.scalars(
        delete(ItemLink).where(ItemLink.connection_id == connection_id).returning(ItemLink.id)
    )
    return len(dropped.all())
