"""Planned builds: made, assigned, taken to another BOM version, deleted. None of it moves stock."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.boms.models import Bom
from app.boms.service import active_bom
from app.builds import loading, recipes, rules, timeline
from app.builds.errors import BomNotActive, WrongStatus
from app.builds.models import Build, BuildLine
from app.builds.queue.order import hold_queue, next_position
from app.builds.recipes import Recipe
from app.builds.statuses import BuildStatus, Event
from app.builds.values import PlanFields
from app.foundation import audit
from app.foundation.errors import InvalidInput
from app.foundation.pages.formatting import format_quantity
from app.foundation.transaction import transaction
from app.people.models import User
from app.products.models import Product

NO_ASSIGNEE = "Choose one of the active members."


def plan_build(fields: PlanFields, user_id: int | None, token: UUID | None = None) -> Build:
    """A planned build stands at the end of the queue, with the BOM's lines as its own (BLD-22).

    A `token` plans once, however often sent. Raises AlreadyMade, which knows the build of that token,
    NotFoundError, BomNotActive, ProductInactive, or InvalidInput naming the field.
    """
    rules.check_units(fields.quantity)
    rules.check_notes(fields.notes)
    with transaction() as session:
        if token is not None:
            loading.claim(token, session)
        recipe = recipes.recipe_of(fields.bom_id, session)
        _ensure_buildable(recipe, session)
        _check_assignee(fields.assignee_id, session)
        hold_queue(session)
        build = add_to_queue(recipe, fields, user_id, session)
        build.token = token
        return build


def add_to_queue(
    recipe: Recipe, fields: PlanFields, user_id: int | None, session: Session, *, auto_generated: bool = False
) -> Build:
    """The same for a caller who holds the queue and has checked the fields."""
    build = Build(
        product_id=recipe.product.id,
        bom_id=recipe.bom.id,
        quantity=fields.quantity,
        status=BuildStatus.PLANNED,
        queue_position=next_position(session),
        target_date=fields.target_date,
        assignee_id=fields.assignee_id,
        notes=fields.notes,
        auto_generated=auto_generated,
        created_by=user_id,
    )
    session.add(build)
    session.flush()
    add_lines(build, recipe.build_lines(fields.quantity), session)
    timeline.record(session, build, Event.PLANNED, user_id, before=None, at=build.created_at)
    return build


def assign(build_id: int, assignee_id: int | None, user_id: int | None) -> Build:
    """The planned build is assigned, or to nobody (BLD-35); raises as `edit_planned` does."""
    with transaction() as session:
        build = loading.locked(build_id, Event.ASSIGNED, session)
        if assignee_id != build.assignee_id:
            assign_to(build, assignee_id, user_id, session)
    return build


def delete_planned(build_id: int, user_id: int | None) -> None:
    """The planned build is gone, and the audit log says who did it; raises NotFoundError, WrongStatus."""
    with transaction() as session:
        build = loading.locked(build_id, Event.DELETED, session)
        product = session.get_one(Product, build.product_id)
        audit.record(
            action="build.deleted",
            subject=f"{build.number}: {format_quantity(build.quantity)} × {product.name} ({product.sku})",
            user_id=user_id,
        )
        session.delete(build)


def move_to_active_version(build_id: int, user_id: int | None) -> Build:
    """The planned build uses its product's active BOM version, its lines made anew (OQ-22).

    Raises NotFoundError, WrongStatus, also where it uses that version already, and BomNotActive when the
    product has no active version.
    """
    with transaction() as session:
        build = loading.locked(build_id, Event.RENEWED, session)
        active = active_bom(build.product_id)
        if active is None:
            raise BomNotActive("No version of the product's BOM is active, so there is none to move to.")
        if active.id == build.bom_id:
            raise WrongStatus(f"{build.number} uses the active version already. Nothing was changed.")
        renew_lines(build, recipes.recipe_of(active.id, session), user_id, session)
    return build


def renew_lines(build: Build, recipe: Recipe, user_id: int | None, session: Session) -> None:
    """The locked build has the recipe's lines, those that were edited by hand included."""
    before = session.get_one(Bom, build.bom_id).version
    for line in loading.locked_lines(build, session):
        session.delete(line)
    session.flush()
    add_lines(build, recipe.build_lines(build.quantity), session)
    build.bom_id, build.modified = recipe.bom.id, False
    note = f"Version {before} → {recipe.bom.version}"
    timeline.record(session, build, Event.RENEWED, user_id, before=BuildStatus.PLANNED, note=note)


def add_lines(build: Build, lines: Iterable[BuildLine], session: Session) -> None:
    """The stored build has these lines, too."""
    for line in lines:
        line.build_id = build.id
        session.add(line)
    session.flush()


def assign_to(build: Build, assignee_id: int | None, user_id: int | None, session: Session) -> None:
    """The locked build is assigned, or to nobody; raises InvalidInput."""
    assignee = _check_assignee(assignee_id, session)
    build.assignee_id = assignee_id
    note = assignee.full_name if assignee else "Nobody"
    timeline.record(session, build, Event.ASSIGNED, user_id, before=BuildStatus.PLANNED, note=note)


def _ensure_buildable(recipe: Recipe, session: Session) -> None:
    recipes.ensure_active(recipe)
    components = recipes.products_of((line.component_id for line in recipe.lines), session)
    recipes.ensure_products_active(recipe.product, components.values())


def _check_assignee(assignee_id: int | None, session: Session) -> User | None:
    """The member, if one is named; raises InvalidInput for anybody but an active one (BLD-36)."""
    if assignee_id is None:
        return None
    user = session.get(User, assignee_id) if 0 < assignee_id <= loading.LARGEST_ID else None
    if user is None or not user.is_active:
        raise InvalidInput(NO_ASSIGNEE, "assignee_id")
    return user
