"""The workspace's one row, and its feature switches."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.foundation.clock import utcnow
from app.people.models import User

THE_ONE = 1


class Workspace(Model):
    """The business of this installation; the database lets no second row in.

    `sync_fence` is the number of the current holder of the sync lock (design section 5). `got_started_at` is
    when somebody first saw that the steps to the first products were all done.
    """

    __tablename__ = "workspace"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="only_one"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False, default=THE_ONE)
    name: Mapped[str] = mapped_column(sa.Text)
    address_line_1: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    address_line_2: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    city: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    region: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    postal_code: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    country: Mapped[str] = mapped_column(sa.Text, server_default="", default="")
    time_zone: Mapped[str] = mapped_column(sa.Text)
    currency: Mapped[str] = mapped_column(sa.Text)
    sync_fence: Mapped[int] = mapped_column(sa.BigInteger, server_default="0", default=0)
    created_at: Mapped[datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), default=utcnow
    )
    got_started_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))


class FeatureSwitch(Model):
    """A feature that somebody turned on or off; one without a row is off (PLAN-5)."""

    __tablename__ = "feature_switches"

    name: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    is_on: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    changed_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey(User.id))
