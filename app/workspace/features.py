"""The feature switches: what Lotledger does only where a workspace wants it (PLAN-5…10).

Each is off until somebody turns it on. A switch acts at once and for new events only: what happened under
the other setting stays as it is (PLAN-9). Switches are read from the database whenever they are asked for, so
that every process knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from app.extensions import db
from app.foundation import audit
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict, NotFoundError
from app.foundation.transaction import transaction
from app.people.models import User
from app.workspace.models import FeatureSwitch


class Feature(StrEnum):
    """The features, in the order in which the page shows them."""

    QA_REVIEW = "qa_review"
    BUILD_ASSIGNMENTS = "build_assignments"
    INVENTORY_RESERVATION = "inventory_reservation"
    AUTO_PLANNED_BUILDS = "auto_planned_builds"
    RECEIVING = "receiving"
    SALES_TRACKING = "sales_tracking"

    @property
    def words(self) -> Words:
        """What people read about it."""
        return WORDS[self]

    @property
    def label(self) -> str:
        """Its name as people read it."""
        return self.words.label

    @property
    def comes_later(self) -> bool:
        """Whether its rooms are still to be built, so that it cannot be turned on."""
        return self in COMING_LATER


@dataclass(frozen=True)
class Words:
    """A feature as a person decides on it: what it is for, and what either way of its switch brings."""

    label: str
    purpose: str
    on: str = ""
    """What turning it on does, for the question before and the notice after."""
    off: str = ""
    needs: str = ""


WORDS: Mapping[Feature, Words] = {
    Feature.QA_REVIEW: Words(
        "QA review",
        "An executed build waits until somebody who may approve builds has looked at it. Its components are "
        "used at once; its output is on the shelf from the approval on.",
        on="Builds executed from now on wait for Approve or Reject before their output counts as stock. "
        "Builds executed earlier stay as they are.",
        off="Builds executed from now on put their output on the shelf at once. Builds that wait for a "
        "review now still have to be approved or rejected.",
    ),
    Feature.BUILD_ASSIGNMENTS: Words(
        "Build assignments",
        "A planned build names who will do it before it can be executed. Quick builds need nobody.",
        on="Planned builds without an assignee cannot be executed until somebody is assigned.",
        off="Planned builds can be executed without an assignee. Those who are assigned stay named.",
    ),
    Feature.INVENTORY_RESERVATION: Words(
        "Inventory reservation",
        "What planned builds will use no longer counts as available when you ask what can be built. Nothing "
        "is locked: a build may still use what is on the shelf.",
        on="The figures of what can be built leave out what planned builds will use.",
        off="The figures of what can be built count everything that is on hand.",
    ),
    Feature.AUTO_PLANNED_BUILDS: Words(
        "Auto-planned builds",
        "A product whose stock is at or below the build point of its BOM gets a build up to the target level "
        "in the queue, marked as auto-generated. Until somebody edits it, it follows the stock. Nothing is "
        "executed by itself.",
        on="Every product at or below its build point gets a build in the queue within a minute, and so from "
        "then on.",
        off="No further builds are planned by themselves. Those in the queue stay until you execute or "
        "delete them.",
    ),
    Feature.RECEIVING: Words(
        "Receiving",
        "Record what suppliers deliver. Each confirmed receipt puts lots on the shelf, which are used up "
        "oldest first, and Lotledger leads on quantities from then on.",
    ),
    Feature.SALES_TRACKING: Words(
        "Sales tracking",
        "Read invoices and sales receipts from the books, take what was sent out of the lots of finished "
        "goods, and show the margin of each sale.",
        needs="Needs Receiving.",
    ),
}
COMING_LATER = frozenset({Feature.RECEIVING, Feature.SALES_TRACKING})


class ComesLater(Conflict):
    """The feature is announced, and cannot be turned on yet."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(f"{feature.label} comes with a later release and cannot be turned on yet.")


@dataclass(frozen=True)
class Switch:
    """A feature as it stands: on or off, since when and by whom; None for both while nobody touched it."""

    feature: Feature
    is_on: bool = False
    changed_at: datetime | None = None
    changed_by: str | None = None


def is_on(feature: Feature) -> bool:
    """Whether the workspace uses the feature now."""
    found = db.session.scalar(sa.select(FeatureSwitch.is_on).where(FeatureSwitch.name == feature.value))
    return bool(found)


def switches() -> list[Switch]:
    """Every feature as it stands, in the order of the page; one query."""
    query = sa.select(FeatureSwitch, User).outerjoin(User, User.id == FeatureSwitch.changed_by)
    stored = {row.FeatureSwitch.name: row for row in db.session.execute(query)}
    return [_switch(feature, stored.get(feature.value)) for feature in Feature]


def known_feature(name: str) -> Feature:
    """The feature of that name; raises NotFoundError."""
    try:
        return Feature(name)
    except ValueError as error:
        raise NotFoundError("There is no such feature.") from error


def turn(feature: Feature, on: bool, user_id: int | None) -> bool:
    """The feature is on, or off; False when it was already. Raises ComesLater.

    Of two people at once, the second waits for the first and then changes nothing, so that the audit log has
    one entry per change.
    """
    if feature.comes_later:
        raise ComesLater(feature)
    with transaction() as session:
        session.execute(insert(FeatureSwitch).values(name=feature.value).on_conflict_do_nothing())
        changed = session.scalar(_changing(feature, on, user_id)) is not None
        if changed:
            audit.record(
                action="feature.turned_on" if on else "feature.turned_off",
                subject=feature.label,
                before={"is_on": not on},
                after={"is_on": on},
                user_id=user_id,
            )
    return changed


def _changing(feature: Feature, on: bool, user_id: int | None) -> ReturningUpdate[str]:
    """Gives a row only where something changed."""
    return (
        sa.update(FeatureSwitch)
        .where(FeatureSwitch.name == feature.value, FeatureSwitch.is_on != on)
        .values(is_on=on, changed_at=utcnow(), changed_by=user_id)
        .returning(FeatureSwitch.name)
        .execution_options(synchronize_session=False)
    )


def _switch(feature: Feature, row: sa.Row[FeatureSwitch, User] | None) -> Switch:
    if row is None:
        return Switch(feature)
    stored, user = row.FeatureSwitch, row.User
    return Switch(feature, stored.is_on, stored.changed_at, user.full_name if user else None)
