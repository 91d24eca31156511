"""Business settings."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.workspace import regions
from app.workspace.models import Workspace
from app.workspace.service import current_workspace
from tests.people.member import Member
from tests.support.workspace import create_workspace

PAGE = "/settings/business"


def stored(app: Flask) -> dict[str, object]:
    with app.app_context():
        workspace = current_workspace()
        return {column.key: getattr(workspace, column.key) for column in sa.inspect(Workspace).columns}


def test_what_is_saved_is_written_down_with_before_and_after(app: Flask, owner: Member) -> None:
    page = owner.submit(
        owner.get(PAGE), "Save", name="Alder Works", city="Ghent", country="BE", currency="EUR"
    )
    assert page.notices == ["The business settings are saved."]
    with app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry)).one()
        before = {"name": "Alder & Finch", "city": "", "country": "", "currency": "USD"}
        after = {"name": "Alder Works", "city": "Ghent", "country": "BE", "currency": "EUR"}
        assert (entry.action, entry.before, entry.after) == ("business.changed", before, after)
        assert entry.user_id == owner.id


def test_saving_without_a_change_writes_nothing(app: Flask, owner: Member) -> None:
    assert owner.submit(owner.get(PAGE), "Save").notices == ["Nothing was changed."]
    with app.app_context():
        assert db.session.query(AuditEntry).count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"name": "x" * 10_000},
        {"city": "Gh\x00ent"},
        {"postal_code": "9" * 21},
        {"country": "Belgium"},
        {"country": "EU"},
        {"time_zone": "Ghent"},
        {"currency": ""},
    ],
)
def test_what_cannot_be_is_refused(app: Flask, owner: Member, values: dict[str, str]) -> None:
    before = stored(app)
    owner.submit(owner.get(PAGE), "Save", 400, **values)
    assert stored(app) == before


def test_a_forged_form_cannot_move_the_lock_fence(app: Flask, owner: Member) -> None:
    owner.submit(owner.get(PAGE), "Save", city="Ghent", sync_fence="99", id="2")
    assert (stored(app)["sync_fence"], stored(app)["id"]) == (0, 1)


def test_the_lists_know_the_world() -> None:
    for known, value in (
        (regions.is_time_zone, "Asia/Kolkata"),
        (regions.is_time_zone, "UTC"),
        (regions.is_currency, "CHF"),
        (regions.is_country, "NZ"),
    ):
        assert known(value) and not known(value.lower()) and not known("")


@pytest.mark.parametrize("values", [{"id": 2}, {"currency": "usd"}, {"currency": "dollar"}])
def test_the_database_lets_one_sound_workspace_in(app: Flask, values: dict[str, object]) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        create_workspace(**values)
