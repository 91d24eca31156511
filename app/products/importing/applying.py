"""What an upload would do, and doing it: all of its products and their opening stock, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.transaction import transaction
from app.products.importing.checking import Checked, NewProduct, Surroundings, check, skus_of
from app.products.importing.errors import ImportedBefore, RowsInTheWay
from app.products.importing.models import ProductUpload
from app.products.importing.sheet import Sheet
from app.products.importing.uploads import get_upload
from app.products.models import Product
from app.products.service import add_products
from app.stock.service import Kind, Movement, Receive, SetQuantity, Source, lots_on, post

SOURCE_KIND = "import"
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('product import'))")


def check_upload(upload: ProductUpload) -> Checked:
    """What the upload's rows would be in the catalogue as it is now; no rows once it is imported."""
    if upload.sheet is None:
        return Checked([], [])
    sheet = Sheet.from_json(upload.sheet)
    return check(sheet, Surroundings(_taken(skus_of(sheet)), lots_on()))


def import_upload(upload_id: int, user_id: int) -> int:
    """The upload's products stand in the catalogue with their opening stock; returns how many.

    Everything is checked again, since a SKU may be taken by now. Raises UploadGone, ImportedBefore,
    RowsInTheWay or SkuTaken, having written nothing.
    """
    with transaction() as session:
        session.execute(
            ONE_AT_A_TIME
        )  # so that two imports of the same SKUs wait, rather than lock each other
        upload = get_upload(upload_id, user_id, lock=True)
        if upload.imported_at is not None:
            raise ImportedBefore(upload.products_made or 0)
        checked = check_upload(upload)
        if checked.errors:
            raise RowsInTheWay(len(checked.errors))
        ids = add_products([product.fields for product in checked.products], session)
        post(list(_opening(checked.products, ids, upload_id, user_id)), session)
        upload.imported_at, upload.products_made, upload.sheet = utcnow(), len(ids), None
        return len(ids)


def _opening(
    products: Sequence[NewProduct], ids: Sequence[int], upload_id: int, user_id: int
) -> Iterator[Movement]:
    """What brings the stock; a product without any keeps its unit cost, unless lots give it."""
    source, costs_stay = Source(SOURCE_KIND, upload_id), not lots_on()
    for product, product_id in zip(products, ids, strict=True):
        if product.quantity:
            yield Receive(
                kind=Kind.OPENING,
                source=source,
                user_id=user_id,
                product_id=product_id,
                quantity=product.quantity,
                cost=product.opening_value,
            )
        elif product.unit_cost and costs_stay:
            yield SetQuantity(
                kind=Kind.OPENING,
                source=source,
                user_id=user_id,
                product_id=product_id,
                quantity=product.quantity,
                unit_cost=product.unit_cost,
            )


def _taken(skus: Sequence[str]) -> dict[str, str]:
    """The names of the products that have one of `skus`, by the SKU as it is spelled there."""
    wanted = select(func.unnest(literal(list(skus), ARRAY(TEXT))).label("sku")).subquery()
    statement = select(wanted.c.sku, Product.name).join(
        Product, func.lower(Product.sku) == func.lower(wanted.c.sku)
    )
    return {row.sku: row.name for row in db.session.execute(statement)}
