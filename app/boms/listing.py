"""BOMs as lists: the products that have one, what can be built of them, and where a product is used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, not_, select
from sqlalchemy.orm import aliased

from app.boms.availability import (
    IS_ACTIVE,
    can_be_built,
    component_count,
    estimated_cost,
    limit,
    on_hand_of,
)
from app.boms.models import Bom, BomLine
from app.boms.words import cost_of, limit_text, max_text, type_label
from app.foundation.lists.search import matches
from app.foundation.lists.tables import Column, Filter, Listing
from app.people.models import User
from app.products.models import Product, ProductType

TYPES = (
    ("", "All types"),
    *((kind.value, kind.label) for kind in (ProductType.SUB_ASSEMBLY, ProductType.FINISHED_GOOD)),
)
STATES = (("active", "Active"), ("draft", "Draft"), ("archived", "Only archived"))
BUILDABLE = (("", "All"), ("now", "Now"), ("not", "Not now"))
BY_NAME = Column("name", "Product", sort=func.lower(Product.name))
BY_SKU = Column("sku", "SKU", sort=func.lower(Product.sku))


def _of_type(value: str) -> ColumnElement[bool] | None:
    return Product.product_type == value if value else None


def _in_state(value: str) -> ColumnElement[bool]:
    """At most one version of each product: the active one, the draft, or the last of which none is either."""
    if value != "archived":
        return Bom.status == literal_column(f"'{value}'")
    other = aliased(Bom)
    beside = exists().where(
        other.product_id == Bom.product_id,
        (other.version > Bom.version) | (other.status != literal_column("'archived'")),
    )
    return (Bom.status == literal_column("'archived'")) & not_(beside)


def _buildable(value: str) -> ColumnElement[bool] | None:
    if not value:
        return None
    return can_be_built() if value == "now" else not_(can_be_built())


BOMS = Listing(
    name="boms",
    noun="BOM",
    key=Product.id,
    columns=(
        BY_NAME,
        BY_SKU,
        Column("version", "Version", numeric=True),
        Column("components", "Components", numeric=True),
        Column("estimated_cost", "Cost per unit", numeric=True, value=cost_of),
        Column("limit", "Max buildable", numeric=True, value=max_text),
        Column("build_point", "Build point", numeric=True),
        Column("target_level", "Target level", numeric=True),
        Column("status", "State"),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    filters=(Filter("state", "State", STATES, _in_state), Filter("type", "Type", TYPES, _of_type)),
    sparse=True,
)

CAN_BUILD = Listing(
    name="what-can-i-build",
    noun="product",
    key=Product.id,
    columns=(
        BY_NAME,
        BY_SKU,
        Column("max_buildable", "Can be built now", numeric=True, value=max_text),
        Column("limit", "Limited by", value=limit_text),
        Column("estimated_cost", "Cost per unit", numeric=True, value=cost_of),
        Column("on_hand", "On hand", numeric=True),
        Column("version", "Version", numeric=True),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    filters=(
        Filter("buildable", "Can be built", BUILDABLE, _buildable),
        Filter("type", "Type", TYPES, _of_type),
    ),
    sparse=True,
    row_per_key=True,
)

WHERE_USED = Listing(
    name="where-used",
    noun="BOM",
    key=Product.id,
    columns=(
        BY_NAME,
        BY_SKU,
        Column("quantity", "Quantity per unit", numeric=True),
        Column("optional", "Optional"),
        Column("version", "Version", numeric=True),
    ),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
)

VERSIONS = Listing(
    name="versions",
    noun="version",
    key=Bom.id,
    columns=(
        Column("version", "Version", numeric=True, sort=Bom.version),
        Column("status", "State"),
        Column("created_at", "Saved"),
        Column("author", "By"),
        Column("components", "Components", numeric=True),
    ),
    default_sort="-version",
)


def bom_rows() -> Select[Any]:
    """What the lists show of each version, with its product; whoever asks leaves one version of each."""
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.unit,
        Product.product_type,
        Product.is_active,
        Bom.id.label("bom_id"),
        Bom.version,
        Bom.status,
        Bom.build_point,
        Bom.target_level,
        on_hand_of(Product.id).label("on_hand"),
        component_count().label("components"),
        estimated_cost().label("estimated_cost"),
        limit().label("limit"),
    )
    return select(*shown).join(Bom, Bom.product_id == Product.id)


def active_rows() -> Select[Any]:
    """The active version of each product that has one (BOM-31)."""
    return bom_rows().where(IS_ACTIVE)


def used_in(product_id: int) -> Select[Any]:
    """The products of whose active BOM a product is a component, with the quantity for one unit."""
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.is_active,
        Bom.id.label("bom_id"),
        Bom.version,
        BomLine.quantity,
        BomLine.optional,
    )
    joined = select(*shown).join(Bom, Bom.product_id == Product.id).join(BomLine, BomLine.bom_id == Bom.id)
    return joined.where(IS_ACTIVE, BomLine.component_id == product_id)


def versions_of(product_id: int) -> Select[Any]:
    """The versions of a product's BOM, each with its author (BOM-34)."""
    author = func.trim(User.first_name + literal_column("' '") + User.last_name).label("author")
    shown: tuple[Any, ...] = (
        Bom.id,
        Bom.version,
        Bom.status,
        Bom.created_at,
        Bom.archived_at,
        author,
        component_count().label("components"),
    )
    made = Bom.__table__.outerjoin(User.__table__, User.id == Bom.created_by)
    return select(*shown).select_from(made).where(Bom.product_id == product_id)


CHOICES = Listing(
    name="choose-product",
    noun="product",
    key=Product.id,
    columns=(BY_NAME, BY_SKU, Column("product_type", "Type", value=type_label), Column("version", "BOM")),
    default_sort="name",
    search=lambda words: matches(Product.search, words),
    search_hint="Name or SKU",
    filters=(Filter("type", "Type", TYPES, _of_type),),
)


def choice_rows(but: int | None = None) -> Select[Any]:
    """The products that may have a BOM (BOM-1), `but` one, each with the version that is active, if any."""
    version = select(Bom.version).where(Bom.product_id == Product.id, IS_ACTIVE).scalar_subquery()
    shown: tuple[Any, ...] = (
        Product.id,
        Product.name,
        Product.sku,
        Product.product_type,
        version.label("version"),
    )
    kinds = Product.product_type.in_([literal_column(f"'{kind}'") for kind, _ in TYPES[1:]])
    chosen = select(*shown).where(kinds, Product.is_active)
    return chosen if but is None else chosen.where(Product.id != but)
