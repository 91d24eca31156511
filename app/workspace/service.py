"""Reading and changing the workspace."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from app.extensions import db
from app.foundation import audit
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict, InvalidInput
from app.foundation.transaction import transaction
from app.people.models import User
from app.workspace import regions
from app.workspace.models import THE_ONE, Workspace

CHANGEABLE = (
    "name",
    "address_line_1",
    "address_line_2",
    "city",
    "region",
    "postal_code",
    "country",
    "time_zone",
    "currency",
)


def find_workspace() -> Workspace | None:
    """The workspace, or None before the first-run set-up."""
    return db.session.get(Workspace, THE_ONE)


def current_workspace() -> Workspace:
    """The workspace; raises Conflict before the first-run set-up."""
    workspace = find_workspace()
    if workspace is None:
        raise Conflict("This workspace has not been set up yet.")
    return workspace


def new_workspace(*, name: str, time_zone: str, currency: str) -> Workspace:
    """The row of a workspace, not stored yet; raises InvalidInput for an unknown zone or currency."""
    check_regions({"time_zone": time_zone, "currency": currency})
    return Workspace(id=THE_ONE, name=name, time_zone=time_zone, currency=currency)


def change_workspace(actor: User, values: Mapping[str, str]) -> bool:
    """The workspace has these values of `CHANGEABLE`; False when it had them already.

    Raises InvalidInput for a country, zone or currency that does not exist.
    """
    check_regions(values)
    with transaction() as session:
        query = sa.select(Workspace).with_for_update().execution_options(populate_existing=True)
        workspace = session.scalars(query).one()
        before = {key: getattr(workspace, key) for key in CHANGEABLE}
        changed_from, changed_to = audit.changes(before, {key: values[key] for key in CHANGEABLE})
        for key, value in changed_to.items():
            setattr(workspace, key, value)
        if changed_to:
            audit.record(
                action="business.changed",
                subject=workspace.name,
                before=changed_from,
                after=changed_to,
                user_id=actor.id,
            )
    return bool(changed_to)


def remember_start() -> None:
    """The workspace has got started, and stays so whatever is undone later."""
    with transaction() as session:
        open_still = Workspace.got_started_at.is_(None)
        session.execute(sa.update(Workspace).where(open_still).values(got_started_at=utcnow()))


def check_regions(values: Mapping[str, str]) -> None:
    """Raises InvalidInput unless country (may be empty), time zone and currency are on their lists."""
    if values.get("country") and not regions.is_country(values["country"]):
        raise InvalidInput("Choose a country from the list.", field="country")
    if not regions.is_time_zone(values["time_zone"]):
        raise InvalidInput("Choose a time zone from the list.", field="time_zone")
    if not regions.is_currency(values["currency"]):
        raise InvalidInput("Choose a currency from the list.", field="currency")
