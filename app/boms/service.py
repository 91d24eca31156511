"""The use cases of BOMs: versions saved, activated and archived, and what rooms above may ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from app.boms.errors import BomChanged, BomRefused, CannotHaveBom, NoSuchBom, StatusRefused
from app.boms.fields import BomFields, Component, CostFields, LineFields, problems_of
from app.boms.graph import structure_problems
from app.boms.models import Bom, BomCost, BomLine, BomStatus, CostKind
from app.extensions import db
from app.foundation.errors import InvalidInput
from app.foundation.transaction import transaction
from app.people.models import User
from app.products.models import Product, ProductType
from app.products.service import LARGEST_ID, get_product

__all__ = [
    "Basis",
    "BomFields",
    "CostFields",
    "CostKind",
    "LineFields",
    "activate",
    "active_bom",
    "archive",
    "basis_of",
    "costs_of",
    "ensure_can_have_bom",
    "fields_of",
    "get_bom",
    "lines_of",
    "save_version",
]

BUILDABLE_TYPES = (ProductType.SUB_ASSEMBLY, ProductType.FINISHED_GOOD)


@dataclass(frozen=True)
class Basis:
    """Where a product's BOM stands: its last version and its active one, 0 where there is none."""

    latest: int
    active: int


# Two people who each use the other's product in theirs would otherwise both be right, and make a cycle.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('lotledger:boms'))")


def get_bom(bom_id: int) -> Bom:
    """The version; raises NoSuchBom."""
    bom = db.session.get(Bom, bom_id) if 0 < bom_id <= LARGEST_ID else None
    if bom is None:
        raise NoSuchBom
    return bom


def active_bom(product_id: int) -> Bom | None:
    """The version by which the product is built, if there is one (BOM-31)."""
    query = select(Bom).where(Bom.product_id == product_id, Bom.status == BomStatus.ACTIVE.value)
    return db.session.scalars(query).one_or_none()


def lines_of(bom_id: int) -> list[BomLine]:
    """A version's components in their order (BOM-4)."""
    return list(
        db.session.scalars(select(BomLine).where(BomLine.bom_id == bom_id).order_by(BomLine.position))
    )


def costs_of(bom_id: int) -> list[BomCost]:
    """A version's cost lines in their order."""
    return list(
        db.session.scalars(select(BomCost).where(BomCost.bom_id == bom_id).order_by(BomCost.position))
    )


def fields_of(bom: Bom) -> BomFields:
    """What a version says, to start another from."""
    return BomFields(
        lines=tuple(LineFields(line.component_id, line.quantity, line.optional) for line in lines_of(bom.id)),
        costs=tuple(_cost_fields(cost) for cost in costs_of(bom.id)),
        notes=bom.notes,
        build_point=bom.build_point,
        target_level=bom.target_level,
    )


def basis_of(product_id: int) -> Basis:
    """Where the product's BOM stands now."""
    active = func.max(Bom.version).filter(Bom.status == BomStatus.ACTIVE.value)
    row = db.session.execute(select(func.max(Bom.version), active).where(Bom.product_id == product_id)).one()
    return Basis(row[0] or 0, row[1] or 0)


def ensure_can_have_bom(product: Product) -> None:
    """Raises CannotHaveBom unless the product is an active sub-assembly or finished good (BOM-1)."""
    if product.product_type not in BUILDABLE_TYPES:
        raise CannotHaveBom(
            f"Only sub-assemblies and finished goods have a BOM, and {product.name} is a "
            f"{product.type_label.lower()}. Change its type first."
        )
    if not product.is_active:
        raise CannotHaveBom(f"{product.name} is inactive. Reactivate it before you change its BOM.")


def objection_to_type(product_id: int, wanted: ProductType) -> str | None:
    """Why the product cannot have this type: its active BOM would be one of a product that has none (BOM-1).

    Until the caller's transaction ends nobody saves or activates a version.
    """
    if wanted in BUILDABLE_TYPES:
        return None
    db.session.execute(ONE_AT_A_TIME)
    active = basis_of(product_id).active
    if not active:
        return None
    return (
        f"Version {active} of its BOM is active, and only sub-assemblies and finished goods have a BOM. "
        "Archive that version first, then change the type."
    )


def save_version(
    product_id: int,
    fields: BomFields,
    user_id: int | None,
    *,
    draft: bool = False,
    based_on: Basis | None = None,
    started_from: int | None = None,
) -> Bom:
    """A new version of the product's BOM says this; the active one before it, if any, is archived (BOM-32).

    As a `draft` it takes the place of an earlier draft only. `based_on` is where the BOM stood when a person
    began, `started_from` the id of the version whose contents they changed: a draft gives way to what was
    made of it. A version that would say just what that one says is not made; that one is returned.
    Raises NotFoundError, CannotHaveBom, BomChanged or BomRefused.
    """
    status = BomStatus.DRAFT if draft else BomStatus.ACTIVE
    with transaction() as session:
        session.execute(ONE_AT_A_TIME)
        ensure_can_have_bom(_product_now(product_id, session))
        basis = basis_of(product_id)
        if based_on is not None and based_on != basis:
            raise _changed(product_id, based_on, basis)
        _check(product_id, fields, session)
        origin = _own_version(product_id, started_from, session)
        if origin is not None and origin.status == status and fields_of(origin) == fields:
            return origin
        _give_way(product_id, status, origin, session)
        bom = Bom(
            product_id=product_id,
            version=basis.latest + 1,
            status=status.value,
            notes=fields.notes,
            build_point=fields.build_point,
            target_level=fields.target_level,
            created_by=user_id,
        )
        session.add(bom)
        session.flush()
        _insert_parts(bom.id, fields, session)
    return bom


def activate(bom_id: int) -> Bom:
    """The draft is the version that is built; the active one before it is archived.

    Raises NoSuchBom, CannotHaveBom, StatusRefused, or BomRefused when it no longer fits the other BOMs.
    """
    with transaction() as session:
        session.execute(ONE_AT_A_TIME)
        bom = _refreshed(bom_id, session)
        if bom.status != BomStatus.DRAFT:
            raise StatusRefused(f"Version {bom.version} is {bom.status}. Only a draft can be activated.")
        ensure_can_have_bom(_product_now(bom.product_id, session))
        _check(bom.product_id, fields_of(bom), session)
        _give_way(bom.product_id, BomStatus.ACTIVE, None, session)
        bom.status = BomStatus.ACTIVE.value
    return bom


def archive(bom_id: int) -> Bom:
    """The version is no longer built, or no longer a draft; raises NoSuchBom, or StatusRefused."""
    with transaction() as session:
        session.execute(ONE_AT_A_TIME)
        bom = _refreshed(bom_id, session)
        if bom.status == BomStatus.ARCHIVED:
            raise StatusRefused(f"Version {bom.version} is archived already.")
        session.execute(_archiving().where(Bom.id == bom_id))
        session.refresh(bom)
    return bom


def components_of(product_ids: Sequence[int], session: Session) -> dict[int, Component]:
    """What is known of these products, by id; those that do not exist are left out."""
    wanted = [each for each in product_ids if 0 < each <= LARGEST_ID]
    columns = (Product.id, Product.sku, Product.name, Product.is_active)
    rows = session.execute(select(*columns).where(Product.id.in_(wanted)))
    return {row.id: Component(row.id, row.sku, row.name, row.is_active) for row in rows}


def _check(product_id: int, fields: BomFields, session: Session) -> None:
    components = components_of([line.component_id for line in fields.lines[:1000]], session)
    problems = list(problems_of(product_id, fields, components))
    if not problems:
        problems = structure_problems(product_id, [line.component_id for line in fields.lines], session)
    if problems:
        raise BomRefused(problems)


def _changed(product_id: int, before: Basis, now: Basis) -> BomChanged:
    """Who saved another version, or which of them was activated or archived."""
    saved = before.latest != now.latest
    version = now.latest if saved else now.active or before.active
    query = (
        select(Bom.id, User.first_name, User.last_name)
        .outerjoin(User, User.id == Bom.created_by)
        .where(Bom.product_id == product_id, Bom.version == version)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:  # a number that no form of ours carried
        raise InvalidInput("This form cannot be used. Open the page again.")
    author = f"{found.first_name or ''} {found.last_name or ''}".strip() or "Somebody"
    if saved:
        return BomChanged(f"{author} saved version {version} of this BOM", found.id)
    return BomChanged(f"Version {version} was {'activated' if now.active else 'archived'}", found.id)


def _own_version(product_id: int, bom_id: int | None, session: Session) -> Bom | None:
    """The version if it is one of the product; None for any other, say that which was duplicated."""
    if bom_id is None:
        return None
    bom = _refreshed(bom_id, session)
    return bom if bom.product_id == product_id else None


def _give_way(product_id: int, status: BomStatus, origin: Bom | None, session: Session) -> None:
    """The version that has this status is archived, and the draft that the new one was made of."""
    gone = [Bom.status == status.value]
    if origin is not None and origin.status == BomStatus.DRAFT:
        gone.append(Bom.id == origin.id)
    session.execute(_archiving().where(Bom.product_id == product_id, or_(*gone)))


def _archiving() -> Update:
    values = {"status": BomStatus.ARCHIVED.value, "archived_at": func.now()}
    return update(Bom).values(values).execution_options(synchronize_session="fetch")


def _insert_parts(bom_id: int, fields: BomFields, session: Session) -> None:
    """One statement for the components, one for the cost lines."""
    lines = [
        {"bom_id": bom_id, "position": position, **vars(line)}
        for position, line in enumerate(fields.lines, start=1)
    ]
    session.execute(insert(BomLine), lines)
    costs = [
        {"bom_id": bom_id, "position": position, **vars(cost), "cost_per_unit": cost.cost}
        for position, cost in enumerate(fields.costs, start=1)
    ]
    if costs:
        session.execute(insert(BomCost), costs)


def _product_now(product_id: int, session: Session) -> Product:
    """The product as it is since the lock is held; raises NotFoundError."""
    product = get_product(product_id)
    session.refresh(product)
    return product


def _refreshed(bom_id: int, session: Session) -> Bom:
    bom = get_bom(bom_id)
    session.refresh(bom)
    return bom


def _cost_fields(cost: BomCost) -> CostFields:
    computed = cost.rate is not None
    return CostFields(
        kind=CostKind(cost.kind),
        label=cost.label,
        cost_per_unit=None if computed else cost.cost_per_unit,
        rate=cost.rate,
        quantity_per_unit=cost.quantity_per_unit,
    )
