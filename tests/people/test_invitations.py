"""Invitations by link (OQ-1, ACC-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.extensions import db
from app.foundation.clock import utcnow
from app.people import invitations
from app.people.models import Invitation, User
from tests.people.member import Member
from tests.support.pages import Seen, Visitor
from tests.support.people import PASSWORD
from tests.support.together import together

Make = Callable[..., Member]
TEAM = "/settings/team"
NAMES = {"first_name": "Nia", "last_name": "New", "password": PASSWORD, "repeated": PASSWORD}


def invite(someone: Member, email: str = "nia@example.com", role: str = "builder", status: int = 200) -> Seen:
    return someone.submit(someone.get(TEAM), "Invite", status, email=email, role=role)


def link_on(page: Seen) -> str:
    return urlsplit(page.document.one("input", id="invitation-link")["value"]).path


def stored(app: Flask) -> Invitation:
    with app.app_context():
        invitation = db.session.scalars(sa.select(Invitation)).one()
        db.session.expunge_all()
        return invitation


def test_an_invited_person_sets_a_password_and_is_in(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner, " Nia@Example.com ", "accountant"))
    visitor = Visitor(app.test_client())
    page = visitor.get(link)
    assert "Olga Owner invites you as Accountant" in page.main
    visitor.submit(page, "Join", **NAMES)
    assert "nia@example.com" in visitor.get("/settings/profile").document.one("input", id="email")["value"]
    assert visitor.client.get(TEAM).status_code == 403


def test_the_link_is_shown_once_and_only_its_hash_is_kept(app: Flask, owner: Member) -> None:
    page = invite(owner)
    token = link_on(page).rsplit("/", 1)[1]
    assert len(token) >= 43
    assert token not in owner.client.get(TEAM).text
    assert token.encode() not in stored(app).token_hash and len(stored(app).token_hash) == 32


def test_a_link_works_once(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner))
    page = Visitor(app.test_client()).get(link)
    visitor = Visitor(app.test_client())
    visitor.submit(visitor.get(link), "Join", **NAMES)
    assert "not valid any more" in Visitor(app.test_client()).get(link, 404).main
    assert page.status == 200


def test_two_people_with_one_link_make_one_member(app: Flask, owner: Member) -> None:
    token = link_on(invite(owner)).rsplit("/", 1)[1]

    def accept() -> None:
        invitations.accept(token, first_name="Nia", last_name="", password=PASSWORD)

    assert together(app, accept, accept, accept) == ["NotFoundError", "NotFoundError", "done"]


def test_a_link_ends_after_seven_days(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner))
    assert timedelta(days=6, hours=23) < stored(app).expires_at - utcnow() <= timedelta(days=7)
    with time_machine.travel(utcnow() + timedelta(days=7, seconds=1)):
        Visitor(app.test_client()).get(link, 404)


def test_a_lapsed_invitation_is_marked_and_can_be_renewed(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner))
    with time_machine.travel(utcnow() + timedelta(days=8), tick=False):
        page = owner.get(TEAM)
        assert "Lapsed" in page.main
        renewed = link_on(owner.submit(page, "New link"))
        assert renewed != link
        Visitor(app.test_client()).get(link, 404)
        Visitor(app.test_client()).get(renewed)


def test_a_revoked_invitation_leads_nowhere(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner))
    page = owner.send(f"{TEAM}/invitations/1/revoke")
    assert page.status_code == 303
    Visitor(app.test_client()).get(link, 404)
    assert owner.send(f"{TEAM}/invitations/1/renew").status_code == 404


def test_one_address_has_one_open_invitation(owner: Member) -> None:
    invite(owner)
    assert "has an open invitation already" in invite(owner, "NIA@example.com", status=409).main


def test_a_member_is_not_invited_again(owner: Member, member: Make) -> None:
    member("builder", email="ben@example.com")
    assert "is a member already" in invite(owner, "Ben@example.com", status=409).main


def test_who_became_a_member_meanwhile_signs_in_instead(app: Flask, owner: Member, member: Make) -> None:
    link = link_on(invite(owner))
    member("builder", email="nia@example.com")
    visitor = Visitor(app.test_client())
    page = visitor.submit(visitor.get(link), "Join", 409, **NAMES)
    assert "Sign in instead" in page.main


@pytest.mark.parametrize(
    "values",
    [
        {"email": "nobody"},
        {"email": "a@b.com\x00"},
        {"email": "a@example.com\nBcc: b@example.com"},
        {"email": "x" * 10_000 + "@example.com"},
        {"role": "owner"},
        {"role": "god"},
        {"role": ""},
    ],
)
def test_an_invitation_that_cannot_be_is_refused(app: Flask, owner: Member, values: dict[str, str]) -> None:
    invite(owner, **({"email": "nia@example.com"} | values), status=400)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0


def test_an_admin_cannot_invite_admins_nor_touch_their_invitations(
    app: Flask, owner: Member, member: Make
) -> None:
    admin = member("admin")
    invite(admin, role="admin", status=400)
    invite(owner, role="admin")
    for action in ("renew", "revoke"):
        assert admin.send(f"{TEAM}/invitations/1/{action}").status_code == 403
    assert stored(app).revoked_at is None


def test_invitations_of_somebody_deactivated_are_void(app: Flask, owner: Member, member: Make) -> None:
    admin = member("admin")
    link = link_on(invite(admin))
    owner.send(f"{TEAM}/{admin.id}/deactivate")
    Visitor(app.test_client()).get(link, 404)


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": ""},
        {"first_name": "x" * 10_000},
        {"first_name": "N\x00"},
        {"password": "short", "repeated": "short"},
        {"repeated": "something else"},
    ],
)
def test_bad_names_and_passwords_leave_the_link_good(
    app: Flask, owner: Member, values: dict[str, str]
) -> None:
    link = link_on(invite(owner))
    visitor = Visitor(app.test_client())
    visitor.submit(visitor.get(link), "Join", 400, **(NAMES | values))
    visitor.submit(visitor.get(link), "Join", **NAMES)


def test_a_forged_form_brings_no_other_role_or_address(app: Flask, owner: Member) -> None:
    link = link_on(invite(owner))
    visitor = Visitor(app.test_client())
    visitor.submit(visitor.get(link), "Join", **NAMES, role="owner", email="boss@example.com")
    with app.app_context():
        user = db.session.scalars(sa.select(User).order_by(User.id.desc())).first()
        assert user is not None and (user.role, user.email) == ("builder", "nia@example.com")


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "ä", "..%2f..%2fsettings"])
def test_an_invented_link_leads_nowhere(stranger: Visitor, token: str) -> None:
    assert stranger.client.get(f"/invitations/{token}").status_code == 404
