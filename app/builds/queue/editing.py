"""A planned build edited: its quantity, date, assignee, notes and lines (BLD-23, BLD-27)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.builds import loading, rules, timeline
from app.builds.models import Build, BuildLine
from app.builds.queue import changes
from app.builds.queue.planning import add_lines, assign_to
from app.builds.statuses import BuildStatus, Event
from app.builds.values import AddedLine, EditFields
from app.foundation.errors import InvalidInput, NotFoundError
from app.foundation.money import LARGEST
from app.foundation.pages.formatting import format_date, format_quantity
from app.foundation.transaction import transaction
from app.products.models import Product

NO_COMPONENT = "Choose one of the active products."


def edit_planned(build_id: int, fields: EditFields, user_id: int | None) -> Build:
    """The planned build is as entered, marked as modified if its lines differ from the BOM's (BLD-23).

    Raises NotFoundError, WrongStatus, BuildChanged when it is not as it was seen, or InvalidInput naming the
    field; a line's is called `line-<id>`.
    """
    rules.check_units(fields.quantity)
    rules.check_notes(fields.notes)
    with transaction() as session:
        build = loading.locked(build_id, Event.EDITED, session)
        if fields.seen is not None:
            changes.ensure_unchanged(build, fields.seen, session)
        if fields.assignee_id != build.assignee_id:
            assign_to(build, fields.assignee_id, user_id, session)
        lines = loading.locked_lines(build, session)
        changed = [*_change_facts(build, fields), *change_lines(build, lines, fields, session)]
        if changed:
            note = "; ".join(changed)
            timeline.record(session, build, Event.EDITED, user_id, before=BuildStatus.PLANNED, note=note)
    return build


def change_lines(build: Build, lines: Sequence[BuildLine], fields: EditFields, session: Session) -> list[str]:
    """The build has the quantity and the lines as entered; returns what changed, for the timeline."""
    _refuse_unknown(lines, fields)
    wanted = {line.id: _quantity_of(line, build.quantity, fields) for line in lines}
    added = _added(build, lines, fields.added, session)
    if not added and not any(wanted.values()):
        raise InvalidInput("Leave at least one component in.", "lines")
    changed = _changes(build, lines, fields)
    build.quantity = fields.quantity
    kept = _set_quantities(lines, wanted, session)
    add_lines(build, added, session)
    parts = [(line.quantity_per_unit, line.quantity) for line in (*kept, *added)]
    build.modified = rules.is_modified(parts, build.quantity)
    return changed


def _changes(build: Build, lines: Sequence[BuildLine], fields: EditFields) -> list[str]:
    changed = []
    if build.quantity != fields.quantity:
        changed.append(f"Quantity {format_quantity(build.quantity)} → {format_quantity(fields.quantity)}")
    if fields.added or any(fields.lines.get(line.id, line.quantity) != line.quantity for line in lines):
        changed.append("Components")
    return changed


def _refuse_unknown(lines: Sequence[BuildLine], fields: EditFields) -> None:
    if fields.lines.keys() - {line.id for line in lines}:
        raise NotFoundError("The build has no such line.")
    for line_id, quantity in fields.lines.items():
        rules.check_amount(quantity, LARGEST, f"line-{line_id}")


def _quantity_of(line: BuildLine, units: Decimal, fields: EditFields) -> Decimal:
    """What the line is to consume: what was entered; else, if it went by the BOM, what that asks for now."""
    given = fields.lines.get(line.id, line.quantity)
    if given != line.quantity or line.quantity != rules.amount(line.quantity_per_unit, units):
        return given
    return rules.amount(line.quantity_per_unit, fields.quantity)


def _set_quantities(
    lines: Sequence[BuildLine], wanted: dict[int, Decimal], session: Session
) -> list[BuildLine]:
    """Each line consumes what is wanted; one that was added by hand and is left out again is gone."""
    kept = []
    for line in lines:
        line.quantity = wanted[line.id]
        if line.quantity or line.quantity_per_unit:
            kept.append(line)
        else:
            session.delete(line)
    session.flush()
    return kept


def _added(
    build: Build, lines: Sequence[BuildLine], added: Sequence[AddedLine], session: Session
) -> list[BuildLine]:
    """The lines that the BOM does not have; raises InvalidInput for what cannot be one."""
    taken = {line.component_id for line in lines}
    position = max((line.position for line in lines), default=0)
    made = []
    for line in added:
        product = _component(line.component_id, session)
        _refuse_twice(build, product, taken)
        rules.check_amount(line.quantity, LARGEST, "added_quantity")
        if not line.quantity:
            raise InvalidInput("Enter a quantity above zero.", "added_quantity")
        taken.add(product.id)
        position += 1
        made.append(
            BuildLine(
                component_id=product.id,
                position=position,
                quantity_per_unit=rules.ZERO,
                quantity=line.quantity,
                optional=line.optional,
            )
        )
    return made


def _refuse_twice(build: Build, product: Product, taken: set[int]) -> None:
    """Raises InvalidInput for what the build makes (BOM-5), and for what it has a line of already."""
    if product.id == build.product_id:
        raise InvalidInput("A product cannot be its own component.", "component")
    if product.id in taken:
        sentence = f"{product.name} ({product.sku}) is a component already; change its quantity above."
        raise InvalidInput(sentence, "component")


def _component(product_id: int, session: Session) -> Product:
    product = session.get(Product, product_id) if 0 < product_id <= loading.LARGEST_ID else None
    if product is None or not product.is_active:
        raise InvalidInput(NO_COMPONENT, "component")
    return product


def _change_facts(build: Build, fields: EditFields) -> list[str]:
    """The date and notes are as entered; returns what changed."""
    changed = []
    if fields.target_date != build.target_date:
        changed.append(f"Target date {format_date(fields.target_date) or 'none'}")
    if fields.notes != build.notes:
        changed.append("Notes")
    build.target_date, build.notes = fields.target_date, fields.notes
    return changed
