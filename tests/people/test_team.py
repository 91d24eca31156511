"""Members: roles, who is in and out, the one Owner (ACC-1, ACC-2, OQ-4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.people import team
from app.people.models import User
from tests.people.member import Member
from tests.support.people import PASSWORD
from tests.support.together import together

Make = Callable[..., Member]
TEAM = "/settings/team"


def audited(app: Flask) -> list[tuple[str, str, object, object, int | None]]:
    with app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        return [(e.action, e.subject, e.before, e.after, e.user_id) for e in entries]


def owners(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(sa.select(User.id).where(User.role == "owner")))


def test_a_role_is_changed_at_once_and_written_down(app: Flask, owner: Member, member: Make) -> None:
    ben = member("builder", email="ben@example.com")
    assert ben.client.get(TEAM).status_code == 403
    assert owner.send(f"{TEAM}/{ben.id}/role", role="admin").status_code == 303
    assert ben.client.get(TEAM).status_code == 200
    assert audited(app) == [
        ("team.role_changed", "ben@example.com", {"role": "builder"}, {"role": "admin"}, owner.id)
    ]


def test_the_team_page_offers_what_this_person_may_do(owner: Member, member: Make) -> None:
    admin, builder = (
        member("admin", first_name="Ada", last_name=""),
        member("builder", first_name="Bo", last_name=""),
    )
    labels = {select["aria-label"] for select in owner.get(TEAM).document.all("select", name="role")}
    assert {"Role of Ada", "Role of Bo"} <= labels and "Role of Olga Owner" not in labels
    labels = {select["aria-label"] for select in admin.get(TEAM).document.all("select", name="role")}
    assert "Role of Bo" in labels and not {"Role of Ada", "Role of Olga Owner"} & labels
    assert builder.client.get(TEAM).status_code == 403


@pytest.mark.parametrize("role", ["owner", "god", "", "ADMIN", "admin\x00", "x" * 10_000])
def test_a_forged_role_is_refused(owner: Member, member: Make, role: str) -> None:
    ben = member("builder")
    owner.send(f"{TEAM}/{ben.id}/role", role=role)
    assert ben.row().role == "builder"


def test_an_admin_cannot_make_admins(member: Make) -> None:
    admin, builder = member("admin"), member("builder")
    admin.send(f"{TEAM}/{builder.id}/role", role="admin")
    assert builder.row().role == "builder"
    admin.send(f"{TEAM}/{builder.id}/role", role="accountant")
    assert builder.row().role == "accountant"


@pytest.mark.parametrize("action", ["role", "deactivate", "reactivate"])
def test_an_admin_cannot_touch_the_owner_or_another_admin(owner: Member, member: Make, action: str) -> None:
    admin, other = member("admin"), member("admin")
    for target in (owner, other):
        assert admin.send(f"{TEAM}/{target.id}/{action}", role="builder").status_code == 403
    assert (owner.row().role, owner.row().is_active) == ("owner", True)
    assert (other.row().role, other.row().is_active) == ("admin", True)


@pytest.mark.parametrize("action", ["role", "deactivate"])
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_nobody_demotes_or_removes_themselves(owner: Member, member: Make, role: str, action: str) -> None:
    someone = owner if role == "owner" else member(role)
    assert someone.send(f"{TEAM}/{someone.id}/{action}", role="builder").status_code == 403
    assert (someone.row().role, someone.row().is_active) == (role, True)


@pytest.mark.parametrize("action", ["role", "deactivate", "reactivate"])
def test_an_unknown_member_is_not_found(owner: Member, action: str) -> None:
    assert owner.send(f"{TEAM}/9999/{action}", role="admin").status_code == 404
    assert owner.send(f"{TEAM}/x/{action}", role="admin").status_code == 404


def test_a_deactivated_member_is_out_at_once(app: Flask, owner: Member, member: Make) -> None:
    ben = member("builder", email="ben@example.com")
    assert ben.get("/settings/profile").path == "/settings/profile"
    owner.send(f"{TEAM}/{ben.id}/deactivate")
    assert ben.get("/settings/profile").path == "/login"
    ben.submit(ben.get("/login"), "Sign in", 401, email="ben@example.com", password=PASSWORD)


def test_a_reactivated_member_signs_in_again_but_old_sessions_stay_dead(owner: Member, member: Make) -> None:
    ben = member("builder", email="ben@example.com")
    owner.send(f"{TEAM}/{ben.id}/deactivate")
    owner.send(f"{TEAM}/{ben.id}/reactivate")
    login = ben.get("/settings/profile")
    assert login.path == "/login"
    page = ben.submit(login, "Sign in", email="ben@example.com", password=PASSWORD)
    assert page.path == "/settings/profile"


def test_deactivating_twice_is_written_down_once(app: Flask, owner: Member, member: Make) -> None:
    ben = member("builder")
    for _ in range(2):
        assert owner.send(f"{TEAM}/{ben.id}/deactivate").status_code == 303
    assert [entry[0] for entry in audited(app)] == ["team.deactivated"]


def transfer(someone: Member, to: Member, password: str = PASSWORD) -> int:
    return someone.send(f"{TEAM}/ownership", member=to.id, password=password).status_code


def test_the_owner_hands_over_to_an_admin(app: Flask, owner: Member, member: Make) -> None:
    admin = member("admin", email="ada@example.com")
    page = owner.get(f"{TEAM}/ownership")
    page = owner.submit(page, "Transfer ownership", member=admin.id, password=PASSWORD)
    assert page.path == TEAM
    assert (owner.row().role, admin.row().role) == ("admin", "owner")
    assert audited(app) == [
        (
            "team.ownership_transferred",
            "ada@example.com",
            {"owner": "olga@example.com"},
            {"owner": "ada@example.com"},
            owner.id,
        )
    ]


def test_ownership_goes_to_active_admins_only(app: Flask, owner: Member, member: Make) -> None:
    builder, gone = member("builder"), member("admin", is_active=False)
    for target in (builder, gone, owner):
        assert transfer(owner, target) == 400
    assert owners(app) == [owner.id]


def test_handing_over_needs_the_password(app: Flask, owner: Member, member: Make) -> None:
    admin = member("admin")
    assert transfer(owner, admin, "not the password") == 401
    assert owners(app) == [owner.id]


def test_only_the_owner_can_hand_over(app: Flask, owner: Member, member: Make) -> None:
    for role in ("admin", "accountant", "builder"):
        someone = member(role)
        assert someone.client.get(f"{TEAM}/ownership").status_code == 403
        assert transfer(someone, someone) == 403
    assert owners(app) == [owner.id]


def test_without_an_admin_the_page_says_what_to_do(owner: Member) -> None:
    assert "Make a member an Admin first." in owner.get(f"{TEAM}/ownership").main


def test_of_many_hand_overs_at_once_one_happens(app: Flask, owner: Member, member: Make) -> None:
    heirs = [member("admin") for _ in range(4)]
    works = [partial(team.transfer_ownership, owner.id, heir.id, PASSWORD) for heir in heirs]
    assert together(app, *works) == ["Conflict", "Conflict", "Conflict", "done"]
    assert len(owners(app)) == 1


def test_an_heir_demoted_at_the_same_moment_leaves_one_owner(app: Flask, owner: Member, member: Make) -> None:
    heir = member("admin")
    results = together(
        app,
        lambda: team.transfer_ownership(owner.id, heir.id, PASSWORD),
        lambda: team.change_role(owner.id, heir.id, "builder"),
    )
    assert results in (["Conflict", "done"], ["Forbidden", "done"])
    assert len(owners(app)) == 1
