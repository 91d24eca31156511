"""The BOM version that a build carries out, and whether it can be built just now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.boms import service as boms
from app.boms.errors import NoSuchBom
from app.boms.models import Bom, BomCost, BomLine, BomStatus
from app.builds import rules
from app.builds.errors import BomNotActive, ProductInactive
from app.builds.loading import LARGEST_ID
from app.builds.models import BuildLine
from app.extensions import db
from app.products.models import Product


@dataclass(frozen=True)
class Recipe:
    """A BOM version with its product, its components and its cost lines."""

    bom: Bom
    product: Product
    lines: Sequence[BomLine]
    costs: Sequence[BomCost]

    def build_lines(self, units: Decimal) -> list[BuildLine]:
        """The lines of a build of that many units, as the BOM has them (BLD-22)."""
        return [
            BuildLine(
                component_id=line.component_id,
                position=position,
                quantity_per_unit=line.quantity,
                quantity=rules.amount(line.quantity, units),
                optional=line.optional,
            )
            for position, line in enumerate(self.lines, start=1)
        ]

    def cost_lines_total(self, units: Decimal) -> Decimal:
        """What the cost lines add to a build of that many units (BOM-22)."""
        return rules.total_of(rules.cost_of(cost.cost_per_unit, units) for cost in self.costs)


def recipe_of(bom_id: int, session: Session | None = None) -> Recipe:
    """The BOM version as it is now; raises NoSuchBom, a NotFoundError."""
    session = session or db.session()
    bom = session.get(Bom, bom_id, populate_existing=True) if 0 < bom_id <= LARGEST_ID else None
    if bom is None:
        raise NoSuchBom
    product = session.get_one(Product, bom.product_id, populate_existing=True)
    return Recipe(bom, product, boms.lines_of(bom_id), boms.costs_of(bom_id))


def products_of(product_ids: Iterable[int], session: Session) -> dict[int, Product]:
    """The products by their ids, as they are now."""
    wanted = select(Product).where(Product.id.in_(list(product_ids)))
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return {product.id: product for product in found}


def why_not_active(recipe: Recipe) -> str | None:
    """Why the BOM version cannot be built, as a sentence; None when it is the active one (BLD-42)."""
    if recipe.bom.status == BomStatus.ACTIVE:
        return None
    product = recipe.product
    which = f"Version {recipe.bom.version} of the BOM of {product.name} ({product.sku})"
    if recipe.bom.status == BomStatus.DRAFT:
        return f"{which} is a draft, and only the active version can be built."
    active = boms.active_bom(product.id)
    if active is None:
        return f"{which} is archived, and no version is active, so nothing can be built of it."
    return f"{which} is archived: version {active.version} is active now. Build that one instead."


def why_inactive(product: Product, components: Iterable[Product]) -> str | None:
    """Which of them are inactive, as a sentence; None when none is."""
    if not product.is_active:
        return f"{product.name} ({product.sku}) is inactive, so it cannot be built. Reactivate it first."
    names = [f"{each.name} ({each.sku})" for each in components if not each.is_active]
    if not names:
        return None
    is_or_are = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {is_or_are} inactive. Reactivate what is needed, or leave it out."


def ensure_active(recipe: Recipe) -> None:
    """Raises BomNotActive unless the version can be built."""
    sentence = why_not_active(recipe)
    if sentence:
        raise BomNotActive(sentence)


def ensure_products_active(product: Product, components: Iterable[Product]) -> None:
    """Raises ProductInactive when one of them is set aside."""
    sentence = why_inactive(product, components)
    if sentence:
        raise ProductInactive(sentence)
