"""How long a sign-in holds, and what ends it for every copy of its cookie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.extensions import db
from app.people.models import SignIn, User
from app.people.profile import change_password
from app.people.team import deactivate, reactivate
from tests.people.member import Member
from tests.support.pages import Visitor
from tests.support.people import PASSWORD, sign_in
from tests.support.statements import statements

Make = Callable[..., Member]
PAGE = "/settings/profile"


def copy_of(member: Member) -> Visitor:
    """Another browser with the member's cookie, as a thief would have it."""
    cookie = member.client.get_cookie("session")
    assert cookie is not None
    thief = member.app.test_client()
    thief.set_cookie("session", cookie.value)
    return Visitor(thief)


def elsewhere(member: Member) -> Visitor:
    """The same person, signed in on another device."""
    visitor = Visitor(member.app.test_client())
    sign_in(visitor.client, member.row())
    return visitor


def is_in(browser: Visitor | Member) -> bool:
    return browser.get(PAGE).path == PAGE


def test_a_copied_cookie_is_dead_once_its_owner_signs_out(owner: Member) -> None:
    thief, other = copy_of(owner), elsewhere(owner)
    assert is_in(thief)
    owner.submit(owner.get(PAGE), "Sign out")
    assert not is_in(thief)
    assert is_in(other)


def test_a_copied_cookie_stays_dead_when_its_owner_signs_in_anew(owner: Member) -> None:
    thief = copy_of(owner)
    owner.submit(owner.get(PAGE), "Sign out")
    page = owner.get("/login")
    owner.submit(page, "Sign in", email=owner.email, password=PASSWORD)
    assert is_in(owner) and not is_in(thief)


def test_signing_out_everywhere_else_keeps_this_device_and_other_people(owner: Member, member: Make) -> None:
    others, colleague = [elsewhere(owner), elsewhere(owner)], member("builder")
    page = owner.submit(owner.get("/settings/profile/security"), "Sign out everywhere else")
    assert page.notices == ["Signed out on 2 other devices."]
    assert is_in(owner) and is_in(colleague)
    assert not any(is_in(other) for other in others)
    page = owner.submit(page, "Sign out everywhere else")
    assert page.notices == ["You are signed in nowhere else."]


def test_a_new_password_ends_all(app: Flask, owner: Member) -> None:
    other = elsewhere(owner)
    with app.app_context():
        change_password(db.session.get_one(User, owner.id), current=PASSWORD, new="another password")
    assert not is_in(owner) and not is_in(other)
    assert stored(app) == 0


def test_deactivation_ends_all_and_reactivation_revives_none(app: Flask, owner: Member, member: Make) -> None:
    builder = member("builder")
    other = elsewhere(builder)
    with app.app_context():
        deactivate(owner.id, builder.id)
        assert not is_in(builder) and not is_in(other)
        reactivate(owner.id, builder.id)
    assert not is_in(builder) and not is_in(other)
    assert is_in(owner)


def test_a_sign_in_under_way_while_all_are_ended_comes_to_nothing(app: Flask, owner: Member) -> None:
    late = Visitor(app.test_client())
    with app.app_context():
        user = db.session.get_one(User, owner.id)
        assert user.session_epoch == 0  # the password was checked now
        with app.app_context():
            change_password(db.session.get_one(User, owner.id), current=PASSWORD, new="another password")
        sign_in(late.client, user)
    assert not is_in(late)


def test_a_sign_in_lasts_thirty_days_and_is_cleared_away_at_the_next(app: Flask, owner: Member) -> None:
    age(app, "29 days 23 hours")
    assert is_in(owner)
    age(app, "1 hour")
    assert not is_in(owner)
    assert stored(app) == 1
    elsewhere(owner)
    assert stored(app) == 1


def age(app: Flask, by: str) -> None:
    """All sign-ins happened so much earlier."""
    with app.app_context():
        aged = "UPDATE sign_ins SET started_at = started_at - CAST(:by AS interval)"
        db.session.execute(text(aged), {"by": by})
        db.session.commit()


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SignIn)) or 0


def test_nobody_takes_over_a_sign_in_of_somebody_else(owner: Member, member: Make) -> None:
    builder = member("builder")
    with builder.client.session_transaction() as session:
        session["_user_id"] = str(owner.id)
    assert not is_in(builder)


@pytest.mark.parametrize("key", [None, "", "x" * 10_000])
def test_a_cookie_without_a_key_of_ours_is_nobodys(app: Flask, owner: Member, key: str | None) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = str(owner.id)
        if key is not None:
            session["sign_in"] = key
    assert not is_in(Visitor(client))


def test_knowing_who_it_is_costs_one_query(app: Flask, owner: Member) -> None:
    with statements(app) as sent:
        assert is_in(owner)
    assert len([each for each in sent if "users" in each]) == 1
