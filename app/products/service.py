"""The catalogue's use cases: products made, edited, set aside and taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import Numeric, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import InvalidInput, NotFoundError
from app.foundation.money import LARGEST, QUANTITY_PLACES, round_cost
from app.foundation.transaction import transaction
from app.products.errors import SkuTaken
from app.products.models import LONGEST_NAME, LONGEST_SKU, LONGEST_UNIT, Product, ProductType
from app.products.retyping import objection
from app.stock.service import Kind, Receive, Source, post

LONGEST_DESCRIPTION = 10_000
LARGEST_ID = 2**63 - 1
SOURCE = "product"
NO_SUCH_PRODUCT = "There is no such product."
SKU_CONSTRAINT = "uq_products_lower_sku"


@dataclass(frozen=True)
class ProductFields:
    """What a person enters of a product; `reorder_point` in the product's own unit, at most four decimals."""

    sku: str
    name: str
    product_type: ProductType = ProductType.RAW_MATERIAL
    unit: str = ""
    description: str = ""
    reorder_point: Decimal | None = None


@dataclass(frozen=True)
class Opening:
    """What there is of a product when it enters the catalogue: `quantity` in its unit, above zero."""

    quantity: Decimal
    unit_cost: Decimal

    def movement(self, product_id: int, user_id: int | None) -> Receive:
        """The opening as the ledger takes it; raises InvalidInput naming the form's field."""
        cost = round_cost(self.quantity * self.unit_cost)
        if cost > LARGEST:
            raise InvalidInput(f"Together this would cost more than {LARGEST:,}.", field="opening_cost")
        return Receive(
            product_id=product_id,
            kind=Kind.OPENING,
            source=Source(SOURCE, product_id),
            user_id=user_id,
            quantity=self.quantity,
            cost=cost,
        )


def get_product(product_id: int) -> Product:
    """The product; raises NotFoundError."""
    product = db.session.get(Product, product_id) if 0 < product_id <= LARGEST_ID else None
    if product is None:
        raise NotFoundError(NO_SUCH_PRODUCT)
    return product


def create_product(
    fields: ProductFields, opening: Opening | None = None, user_id: int | None = None
) -> Product:
    """A new active product stands in the catalogue, with what there is of it, if that is said.

    Raises SkuTaken, or InvalidInput naming the field.
    """
    with transaction() as session:
        product_id = add_products([fields], session)[0]
        if opening is not None:
            post([opening.movement(product_id, user_id)], session)
    return get_product(product_id)


def create_products(rows: Sequence[ProductFields]) -> list[int]:
    """All of `rows` stand in the catalogue, or none; returns their ids in the same order. Raises as above."""
    with transaction() as session:
        return add_products(rows, session)


def add_products(rows: Sequence[ProductFields], session: Session) -> list[int]:
    """The same within the caller's transaction, which cannot go on once this has raised."""
    for fields in rows:
        _checked(fields)
    skus = [fields.sku for fields in rows]
    _refuse_taken(skus)
    try:
        made = {sku: product_id for product_id, sku in session.execute(_insert_of(rows))}
        return [made[sku] for sku in skus]
    except IntegrityError as error:
        _explain(error, skus)
        raise


def update_product(product_id: int, fields: ProductFields) -> Product:
    """The product has these values; raises NotFoundError, SkuTaken, or InvalidInput naming the field."""
    _checked(fields)
    product = get_product(product_id)
    try:
        with transaction():
            if product.product_type != fields.product_type:
                _refuse_objections(product_id, fields.product_type)
            for name, value in asdict(fields).items():
                setattr(product, name, value)
    except IntegrityError as error:
        _explain(error, [fields.sku])
        raise
    return product


def set_active(product_id: int, active: bool) -> Product:
    """The product is offered for new work, or is not; its page, history and links stay either way."""
    product = get_product(product_id)
    with transaction():
        product.is_active = active
    return product


def _insert_of(rows: Sequence[ProductFields]) -> ReturningInsert[int, str]:
    """One statement that makes all of `rows`, in their order; it returns ids and SKUs."""
    columns = {
        "sku": literal([fields.sku for fields in rows], ARRAY(TEXT)),
        "name": literal([fields.name for fields in rows], ARRAY(TEXT)),
        "product_type": literal([str(fields.product_type) for fields in rows], ARRAY(TEXT)),
        "unit": literal([fields.unit for fields in rows], ARRAY(TEXT)),
        "description": literal([fields.description for fields in rows], ARRAY(TEXT)),
        "reorder_point": literal([fields.reorder_point for fields in rows], ARRAY(Numeric)),
    }
    given = func.unnest(*columns.values()).table_valued(*columns, with_ordinality="place").render_derived()
    now = literal(utcnow())
    source = select(*(given.c[name] for name in columns), literal(True), now, now).order_by(given.c.place)
    names = [*columns, "is_active", "created_at", "updated_at"]
    statement = insert(Product).from_select(names, source, include_defaults=False)
    return statement.returning(Product.id, Product.sku)


def _checked(fields: ProductFields) -> ProductFields:
    """The same fields, fit to be stored; forms check earlier, so that a person sees all errors at once."""
    for name, longest in (("sku", LONGEST_SKU), ("name", LONGEST_NAME)):
        if not getattr(fields, name).strip():
            raise InvalidInput("This must not be empty.", field=name)
        _check_text(name, getattr(fields, name), longest)
    _check_text("unit", fields.unit, LONGEST_UNIT)
    _check_text("description", fields.description, LONGEST_DESCRIPTION)
    point = fields.reorder_point
    if point is not None and not (0 <= point <= LARGEST and point == point.quantize(QUANTITY_PLACES)):
        raise InvalidInput(
            "A reorder point is zero or more, with at most four decimals.", field="reorder_point"
        )
    return fields


def _refuse_objections(product_id: int, wanted: ProductType) -> None:
    sentence = objection(product_id, wanted)
    if sentence is not None:
        raise InvalidInput(sentence, field="product_type")


def _check_text(name: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise InvalidInput(f"This is longer than {longest:,} characters.", field=name)
    if "\x00" in value:
        raise InvalidInput("This has a character that cannot be stored.", field=name)


def _refuse_taken(skus: Sequence[str]) -> None:
    """Raises SkuTaken for the first SKU that a product has already, or that stands in `skus` twice."""
    seen: set[str] = set()
    for sku in skus:
        if sku.lower() in seen:
            raise SkuTaken(sku)
        seen.add(sku.lower())
    wanted = select(func.lower(func.unnest(literal(list(skus), ARRAY(TEXT)))))
    found = db.session.scalar(select(Product.sku).where(func.lower(Product.sku).in_(wanted)).limit(1))
    if found is not None:
        raise SkuTaken(found)


def _explain(error: IntegrityError, skus: Sequence[str]) -> None:
    """Raises SkuTaken when somebody else was quicker with one of `skus`; returns for any other reason."""
    if SKU_CONSTRAINT in str(error.orig):
        detail = str(error.orig).lower()
        raise SkuTaken(next((sku for sku in skus if f"=({sku.lower()})" in detail), skus[0])) from error
