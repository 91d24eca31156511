"""A person's own name, number and password (ACC-3, ACC-4, ACC-10…13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.people.member import Member
from tests.support.pages import Visitor
from tests.support.people import PASSWORD, sign_in

Make = Callable[..., Member]
NEW = "another good password"


def change_password(
    member: Member, *, current: str = PASSWORD, new: str = NEW, repeated: str = NEW, status: int = 200
) -> str:
    page = member.get("/settings/profile/security")
    values = {"current_password": current, "new_password": new, "repeated": repeated}
    return member.submit(page, "Change password", status, **values).main


def can_sign_in(app: Flask, email: str, password: str) -> bool:
    visitor = Visitor(app.test_client())
    page = visitor.get("/login")
    data = {"email": email, "password": password}
    data["csrf_token"] = page.document.one("meta", name="csrf-token")["content"]
    return visitor.client.post("/login", data=data).status_code == 303


def test_name_and_phone_are_saved_without_the_blanks_around_them(owner: Member) -> None:
    page = owner.submit(
        owner.get("/settings/profile"), "Save", first_name="  Zoë ", last_name="Ødegård", phone="+47 22"
    )
    assert page.notices == ["Your profile is saved."]
    row = owner.row()
    assert (row.first_name, row.last_name, row.phone) == ("Zoë", "Ødegård", "+47 22")


def test_the_email_address_cannot_be_changed_even_by_a_forged_form(owner: Member) -> None:
    page = owner.get("/settings/profile")
    assert "readonly" in page.document.one("input", id="email")
    owner.submit(page, "Save", email="other@example.com", role="admin", is_active="")
    assert (owner.row().email, owner.row().role, owner.row().is_active) == (owner.email, "owner", True)


@pytest.mark.parametrize("name", ["", "   ", "x" * 10_000, "Ol\x00ga", "Ol\nga", "\x1b[31mOlga"])
def test_a_name_that_cannot_be_is_refused(owner: Member, name: str) -> None:
    owner.submit(owner.get("/settings/profile"), "Save", 400, first_name=name)
    assert owner.row().first_name == "Olga"


def test_a_name_is_shown_as_text_whatever_it_holds(owner: Member) -> None:
    owner.submit(owner.get("/settings/profile"), "Save", first_name="<script>alert(1)</script>")
    assert "<script>alert" not in owner.client.get("/settings/profile").text


def test_appearance_can_be_chosen_on_the_profile_page(owner: Member) -> None:
    page = owner.get("/settings/profile")
    assert [box["value"] for box in page.document.all("input", name="appearance")] == [
        "light",
        "dark",
        "system",
    ]


def test_a_new_password_takes_the_place_of_the_old(app: Flask, owner: Member) -> None:
    change_password(owner)
    assert can_sign_in(app, owner.email, NEW)
    assert not can_sign_in(app, owner.email, PASSWORD)


def test_a_new_password_ends_every_session_but_this_one(app: Flask, owner: Member) -> None:
    elsewhere = Visitor(app.test_client())
    sign_in(elsewhere.client, owner.row())
    change_password(owner)
    assert owner.get("/settings/profile").path == "/settings/profile"
    assert elsewhere.get("/settings/profile").path == "/login"


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"current": "not it"}, 401, "This is not your current password."),
        ({"new": "short", "repeated": "short"}, 400, "Use at least 8 characters."),
        ({"repeated": "another good passwort"}, 400, "The two passwords differ."),
        ({"new": "x" * 10_000, "repeated": "x" * 10_000}, 400, "at most 200 characters"),
        ({"new": "good\x00password", "repeated": "good\x00password"}, 400, "cannot be stored"),
        ({"current": "", "new": "", "repeated": ""}, 400, "Current password"),
    ],
)
def test_a_password_change_that_cannot_be_is_refused(
    app: Flask, owner: Member, values: dict[str, str], status: int, sentence: str
) -> None:
    assert sentence in change_password(owner, status=status, **values)
    assert can_sign_in(app, owner.email, PASSWORD)
    assert owner.row().session_epoch == 0


def test_blanks_in_a_password_count(app: Flask, owner: Member) -> None:
    change_password(owner, new="  spaces around  ", repeated="  spaces around  ")
    assert can_sign_in(app, owner.email, "  spaces around  ")
    assert not can_sign_in(app, owner.email, "spaces around")


def test_the_current_password_cannot_be_guessed_at_length(owner: Member) -> None:
    for _ in range(10):
        change_password(owner, current="a guess", status=401)
    change_password(owner, status=429)


def test_no_page_of_ones_own_is_shown_before_signing_in(stranger: Visitor) -> None:
    for path in ("/settings/profile", "/settings/profile/security", "/settings/alerts"):
        assert stranger.get(path).path == "/login"
        assert stranger.client.post(path).status_code == 400


def test_every_role_reaches_its_own_profile(member: Make) -> None:
    for role in ("admin", "accountant", "builder"):
        someone = member(role)
        assert someone.get("/settings/profile").heading == "Profile"
        assert someone.get("/settings/profile/security").heading == "Profile"
