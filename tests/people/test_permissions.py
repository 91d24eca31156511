"""The permission matrix (ACC-20…26, OQ-3) and the page that changes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.people.access import permissions_of
from app.people.models import RolePermission
from app.people.permissions import DEFAULTS, GROUPS, SHOWN, Permission, Role
from app.people.role_settings import change_permissions
from tests.people.member import Member
from tests.support.together import together

Make = Callable[..., Member]
PAGE = "/settings/permissions"

VIEWS = {
    "/settings/team": {"owner", "admin"},
    "/settings/permissions": {"owner", "admin"},
    "/settings/audit": {"owner", "admin"},
    "/settings/business": {"owner", "admin"},
    "/settings/features": {"owner", "admin"},
    "/settings/team/ownership": {"owner"},
    "/settings/alerts": {"owner", "admin", "accountant", "builder"},
    "/settings/profile": {"owner", "admin", "accountant", "builder"},
    "/settings/profile/security": {"owner", "admin", "accountant", "builder"},
}
ACTIONS = (
    "/settings/team/1/role",
    "/settings/team/1/deactivate",
    "/settings/team/1/reactivate",
    "/settings/team/invitations",
    "/settings/team/invitations/1/renew",
    "/settings/team/invitations/1/revoke",
    "/settings/permissions",
    "/settings/business",
)


def held(app: Flask, role: str) -> set[str]:
    with app.app_context():
        return {permission.value for permission in permissions_of(Role(role))}


def save(someone: Member, **changes: dict[str, bool]) -> None:
    """Ticks and clears boxes on the page: save(owner, builder={"export": True})."""
    page = someone.get(PAGE)
    boxes = page.document.all("input", name="granted")
    ticked = {box["value"] for box in boxes if "checked" in box}
    for role, cells in changes.items():
        for permission, yes in cells.items():
            ticked = ticked | {f"{role}:{permission}"} if yes else ticked - {f"{role}:{permission}"}
    someone.submit(page, "Save permissions", granted=sorted(ticked))


def test_the_keys_are_those_of_the_specification() -> None:
    assert [permission.value for permission in Permission] == [
        "manage_integrations",
        "sync_items",
        "import_items",
        "export",
        "manage_export_settings",
        "view_inventory",
        "manage_products",
        "adjust_stock",
        "manage_boms",
        "plan_builds",
        "execute_builds",
        "approve_builds",
        "manage_receiving",
        "view_sales",
        "manage_sales",
        "view_dashboard",
        "manage_team",
        "manage_features",
        "manage_billing",
    ]


def test_owner_and_admin_hold_everything_by_default() -> None:
    assert DEFAULTS[Role.OWNER] == DEFAULTS[Role.ADMIN] == set(Permission)


def test_the_accountant_manages_no_team_and_approves_nothing_by_default() -> None:
    assert not DEFAULTS[Role.ACCOUNTANT] & {
        "manage_team",
        "approve_builds",
        "manage_features",
        "manage_billing",
    }
    assert {"sync_items", "import_items", "export", "view_sales", "view_inventory"} <= DEFAULTS[
        Role.ACCOUNTANT
    ]


def test_the_builder_builds_and_exports_nothing_by_default() -> None:
    assert DEFAULTS[Role.BUILDER] == {
        "view_inventory",
        "view_dashboard",
        "manage_boms",
        "plan_builds",
        "execute_builds",
    }


def test_every_permission_but_billing_stands_on_the_page_once() -> None:
    assert sorted([*SHOWN, Permission.MANAGE_BILLING]) == sorted(Permission)
    labels = [label for group in GROUPS.values() for label in group.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("role", ["owner", "admin", "accountant", "builder"])
def test_each_role_sees_its_pages_and_no_others(owner: Member, member: Make, role: str) -> None:
    someone = owner if role == "owner" else member(role)
    for path, roles in VIEWS.items():
        someone.get(path, 200 if role in roles else 403)


@pytest.mark.parametrize("role", ["accountant", "builder"])
@pytest.mark.parametrize("path", ACTIONS)
def test_without_the_permission_no_action_is_taken(app: Flask, member: Make, role: str, path: str) -> None:
    answer = member(role).send(path, role="admin", email="x@example.com")
    assert answer.status_code == 403
    assert "does not allow this" in answer.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


def test_nobody_acts_before_signing_in_or_without_a_token(app: Flask, owner: Member) -> None:
    for path in ACTIONS:
        assert app.test_client().post(path).status_code == 400
        assert owner.client.post(path).status_code == 400


def test_pages_refuse_methods_that_they_do_not_use(owner: Member) -> None:
    for path in VIEWS:
        assert owner.client.delete(path).status_code in {400, 405}
    assert owner.client.get("/settings/team/invitations").status_code == 405


def test_a_granted_permission_acts_at_once(app: Flask, owner: Member, member: Make) -> None:
    accountant = member("accountant")
    accountant.get("/settings/team", 403)
    save(owner, accountant={"manage_team": True})
    accountant.get("/settings/team")
    save(owner, accountant={"manage_team": False})
    accountant.get("/settings/team", 403)
    with app.app_context():
        assert db.session.query(RolePermission).count() == 0


def test_a_change_is_written_down_with_before_and_after(app: Flask, owner: Member) -> None:
    save(owner, builder={"export": True, "plan_builds": False}, accountant={"export": False})
    with app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(e.action, e.subject, e.before, e.after, e.user_id) for e in entries] == [
            ("permissions.changed", "Accountant", {"export": True}, {"export": False}, owner.id),
            (
                "permissions.changed",
                "Builder",
                {"export": False, "plan_builds": True},
                {"export": True, "plan_builds": False},
                owner.id,
            ),
        ]


def test_saving_without_a_change_writes_nothing(app: Flask, owner: Member) -> None:
    page = owner.submit(owner.get(PAGE), "Save permissions")
    assert page.notices == ["Nothing was changed."]
    with app.app_context():
        assert db.session.query(AuditEntry).count() == 0


def test_the_owner_can_restrict_admins(app: Flask, owner: Member, member: Make) -> None:
    admin = member("admin")
    save(owner, admin={"manage_features": False})
    admin.get("/settings/business", 403)


def test_the_owners_column_has_no_boxes(owner: Member, member: Make) -> None:
    roles = {box["value"].split(":")[0] for box in owner.get(PAGE).document.all("input", name="granted")}
    assert roles == {"admin", "accountant", "builder"}
    boxes = member("admin").get(PAGE).document.all("input", name="granted")
    assert {box["value"].split(":")[0] for box in boxes} == {"accountant", "builder"}


def seen_by(someone: Member) -> str:
    return someone.get(PAGE).document.one("input", name="seen")["value"]


@pytest.mark.parametrize("cell", ["owner:export", "admin:export"])
def test_an_admin_cannot_change_owner_or_admins(app: Flask, member: Make, cell: str) -> None:
    admin = member("admin")
    answer = admin.send(PAGE, granted=[cell], seen=seen_by(admin))
    assert answer.status_code == 403
    assert held(app, "accountant") == DEFAULTS[Role.ACCOUNTANT]


def test_an_admin_saving_the_page_leaves_admins_as_they_are(app: Flask, member: Make) -> None:
    save(member("admin"), builder={"export": True})
    assert held(app, "admin") == set(Permission)
    assert "export" in held(app, "builder")


def test_the_owners_permissions_are_not_for_sale(app: Flask, owner: Member) -> None:
    assert owner.send(PAGE, granted=["owner:export"], seen=seen_by(owner)).status_code == 403
    assert held(app, "owner") == set(Permission)


def test_nobody_grants_what_they_do_not_hold(app: Flask, owner: Member, member: Make) -> None:
    admin = member("admin")
    save(owner, admin={"approve_builds": False})
    box = admin.get(PAGE).document.one("input", value="builder:approve_builds")
    assert "disabled" in box
    granted = [f"builder:{permission}" for permission in [*held(app, "builder"), "approve_builds"]]
    granted += [f"accountant:{permission}" for permission in held(app, "accountant")]
    assert admin.send(PAGE, granted=granted, seen=seen_by(admin)).status_code == 403
    assert "approve_builds" not in held(app, "builder")


def test_an_accountant_with_manage_team_configures_builders_only(
    app: Flask, owner: Member, member: Make
) -> None:
    save(owner, accountant={"manage_team": True})
    accountant = member("accountant")
    save(accountant, builder={"export": True})
    assert "export" in held(app, "builder")
    answer = accountant.send(PAGE, granted=["accountant:manage_features"], seen=seen_by(accountant))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "cell", ["builder:fly", "god:export", "builder", "", ":", "builder:export\x00", "x" * 9999]
)
def test_a_forged_cell_is_refused(app: Flask, owner: Member, cell: str) -> None:
    assert owner.send(PAGE, granted=[cell], seen=seen_by(owner)).status_code == 400
    assert held(app, "builder") == DEFAULTS[Role.BUILDER]


def test_a_page_that_is_out_of_date_changes_nothing(app: Flask, owner: Member) -> None:
    stale = owner.get(PAGE)
    save(owner, builder={"export": True})
    page = owner.submit(stale, "Save permissions")
    assert "Somebody changed the permissions meanwhile" in page.notices[0]
    assert "export" in held(app, "builder")


def test_two_changes_at_once_do_not_mix(app: Flask, owner: Member) -> None:
    seen = seen_by(owner)

    def change() -> None:
        change_permissions(owner.row(), {(Role.BUILDER, Permission.EXPORT)}, seen=seen)

    assert together(app, change, change) == ["Conflict", "done"]


def test_a_stored_key_that_this_release_does_not_know_is_passed_over(app: Flask, owner: Member) -> None:
    with app.app_context():
        db.session.add(RolePermission(role="builder", permission="teleport", granted=True))
        db.session.commit()
    assert held(app, "builder") == DEFAULTS[Role.BUILDER]


def test_permissions_cost_a_request_one_query(app: Flask, member: Make) -> None:
    admin = member("admin")
    statements: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    admin.get("/settings/features")
    assert len([text for text in statements if "role_permissions" in text]) == 1
