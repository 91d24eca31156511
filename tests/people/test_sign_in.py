"""Signing in and out, and what nobody gets to see before."""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median
from time import process_time

import argon2.profiles
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.people import passwords
from app.people.limits import PER_ACCOUNT, PER_ADDRESS
from app.people.models import User
from app.people.passwords import hash_password
from app.people.sign_in import authenticate
from tests.people.member import Member
from tests.support.pages import Seen, Visitor
from tests.support.people import PASSWORD
from tests.support.processes import Program

WRONG = "The e-mail address or the password is wrong."
Make = Callable[..., Member]


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD, status: int = 200, to: str = "") -> Seen:
    page = visitor.get("/login" + to)
    return visitor.submit(page, "Sign in", status, email=email, password=password)


def test_the_right_password_opens_the_page_that_was_asked_for(stranger: Visitor) -> None:
    asked = stranger.get("/settings/profile")
    assert asked.path == "/login"
    page = stranger.submit(asked, "Sign in", email=" OLGA@example.com ", password=PASSWORD)
    assert page.path == "/settings/profile"


@pytest.mark.parametrize("email", ["olga@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_account_read_alike(stranger: Visitor, email: str) -> None:
    page = sign_in(stranger, email, "not the password", status=401)
    assert WRONG in page.main


def test_an_unknown_account_takes_as_long_as_a_wrong_password(context: Flask, owner: Member) -> None:
    def seconds(email: str) -> float:
        start = process_time()
        assert authenticate(email, "not the password") is None
        return process_time() - start

    context.config["PASSWORD_HASHING"] = argon2.profiles.RFC_9106_LOW_MEMORY
    context.extensions.pop("password_hashing")
    try:
        _store_hash(owner, hash_password(PASSWORD))
        known = median(seconds("olga@example.com") for _ in range(5))
        unknown = median(seconds("nobody@example.com") for _ in range(5))
    finally:
        context.config["PASSWORD_HASHING"] = argon2.profiles.CHEAPEST
        context.extensions.pop("password_hashing")
    assert 0.5 < unknown / known < 2


def _store_hash(member: Member, password_hash: str) -> None:
    db.session.get_one(User, member.id).password_hash = password_hash
    db.session.commit()


def test_a_hash_of_other_parameters_is_replaced_at_sign_in(
    app: Flask, stranger: Visitor, owner: Member
) -> None:
    with app.app_context():
        stronger = argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
        _store_hash(owner, stronger)
        assert passwords.is_outdated(stronger)
    sign_in(stranger, "olga@example.com")
    stored = owner.row().password_hash
    with app.app_context():
        assert not passwords.is_outdated(stored)
    sign_in(Visitor(app.test_client()), "olga@example.com")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/\t/evil.example",
        "http:evil.example",
        "evil.example",
        "/" + "x" * 3000,
    ],
)
def test_sign_in_leads_to_pages_of_ours_only(stranger: Visitor, target: str) -> None:
    page = stranger.get("/login")
    token = page.document.one("meta", name="csrf-token")["content"]
    data = {"email": "olga@example.com", "password": PASSWORD, "csrf_token": token}
    answer = stranger.client.post("/login", query_string={"next": target}, data=data)
    assert answer.status_code == 303
    assert re.fullmatch(r"/(%09/evil\.example|%2509/evil\.example)?", answer.location)


def test_the_session_is_renewed_at_sign_in(stranger: Visitor) -> None:
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(stranger, "olga@example.com")
    with stranger.client.session_transaction() as session:
        assert "planted" not in session
        first = session["sign_in"]
    stranger.client.post("/logout", data={"csrf_token": _token(stranger.client)})
    sign_in(stranger, "olga@example.com")
    with stranger.client.session_transaction() as session:
        assert session["sign_in"] != first


def _token(client: FlaskClient) -> str:
    page = Visitor(client).get("/settings/profile")
    return page.document.one("meta", name="csrf-token")["content"]


def test_signing_out_ends_the_session(owner: Member) -> None:
    page = owner.submit(owner.get("/settings/profile"), "Sign out")
    assert page.path == "/login"
    assert owner.get("/settings/profile").path == "/login"


def test_signing_out_needs_a_post_with_a_token(owner: Member) -> None:
    assert owner.client.get("/logout").status_code == 405
    assert owner.client.post("/logout").status_code == 400
    assert owner.get("/settings/profile").path == "/settings/profile"


def test_who_is_signed_in_need_not_sign_in(owner: Member) -> None:
    assert owner.get("/login?next=/settings/profile").path == "/settings/profile"


def test_ten_wrong_passwords_close_an_account_for_a_while(app: Flask, stranger: Visitor) -> None:
    for _ in range(int(PER_ACCOUNT.split()[0])):
        sign_in(stranger, "olga@example.com", "wrong password", status=401)
    answer = stranger.submit(
        stranger.get("/login"), "Sign in", 429, email="Olga@Example.com ", password=PASSWORD
    )
    assert re.search(r"Too many attempts with a wrong password\. Try again in 1\d minutes\.", answer.main)
    assert 1 <= int(answer.response.headers["Retry-After"]) <= 901  # the limiter counts whole seconds


def test_another_spelling_of_the_address_is_no_further_try(stranger: Visitor) -> None:
    token = _csrf(stranger)
    for spelling in (
        "olga@example.com",
        "OLGA@Example.com ",
        "olga@\uff25XAMPLE.com",
        "olga@\uff45xample.com",
    ):
        data = {"email": spelling, "password": "wrong password", "csrf_token": token}
        answers = [stranger.client.post("/login", data=data).status_code for _ in range(3)]
    assert answers == [401, 429, 429]


def _csrf(stranger: Visitor) -> str:
    return stranger.get("/login").document.one("meta", name="csrf-token")["content"]


def test_another_account_stays_open_then(app: Flask, stranger: Visitor, member: Make) -> None:
    other = member("builder")
    for _ in range(int(PER_ACCOUNT.split()[0])):
        sign_in(stranger, "olga@example.com", "wrong password", status=401)
    assert sign_in(stranger, other.email, to="?next=/settings/profile").path == "/settings/profile"


def test_one_address_cannot_try_many_accounts(stranger: Visitor) -> None:
    page = stranger.get("/login")
    for number in range(int(PER_ADDRESS.split()[0])):
        stranger.submit(page, "Sign in", 401, email=f"guess{number}@example.com", password="a guess")
    stranger.submit(page, "Sign in", 429, email="olga@example.com", password=PASSWORD)


def test_right_passwords_are_not_counted(app: Flask, owner: Member) -> None:
    for _ in range(int(PER_ACCOUNT.split()[0]) + 2):
        sign_in(Visitor(app.test_client()), "olga@example.com")


@pytest.mark.parametrize(
    "values",
    [
        {"email": "x" * 10_000 + "@example.com", "password": "x"},
        {"email": "olga@example.com\x00", "password": PASSWORD},
        {"email": "olga@example.com", "password": PASSWORD + "\x00"},
        {"email": "olga@example.com", "password": "x" * 10_000},
        {"email": "", "password": ""},
        {"email": "' OR 1=1 --", "password": "x"},
    ],
)
def test_bad_input_is_refused_with_a_sentence(stranger: Visitor, values: dict[str, str]) -> None:
    page = stranger.submit(stranger.get("/login"), "Sign in", 400, **values)
    assert "Please mend what is marked below." in page.main


def test_a_session_of_a_forged_or_odd_identity_is_nobodys(app: Flask, owner: Member) -> None:
    with owner.client.session_transaction() as session:
        key = session["sign_in"]
    for identity in ("", "x", f"{owner.id}:0", f"{owner.id + 1}", "9" * 12, "9" * 30, f"-{owner.id}", "²"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["sign_in"] = identity, key
        assert client.get("/settings/profile").status_code == 303


def test_without_redis_people_sign_in_and_guessing_is_limited_all_the_same(
    owner: Member, process_environment: dict[str, str]
) -> None:
    nowhere = {**process_environment, "REDIS_URL": "redis://127.0.0.1:1/0"}
    with Program(nowhere, "tests.people.sign_in_program", owner.email, 11) as program:
        assert program.outcome() == {"right": 303, "wrong": [401] * 10 + [429]}


def test_two_processes_count_together(owner: Member, process_environment: dict[str, str]) -> None:
    with Program(process_environment, "tests.people.sign_in_program", owner.email, 6) as first:
        assert first.outcome()["wrong"] == [401] * 6
    with Program(process_environment, "tests.people.sign_in_program", owner.email, 6) as second:
        assert second.outcome()["wrong"] == [401] * 4 + [429] * 2
