"""Error pages: a sentence and a way on, whoever asks and however."""

from __future__ import annotations

from collections.abc import Iterator

import argon2.profiles
import pytest
from flask import Blueprint, Flask, abort
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.foundation.errors import Conflict, Forbidden, InvalidInput, LotledgerError, NotFoundError
from config import Settings
from tests.support.html import parse
from tests.support.pages import Visitor
from tests.support.people import create_user, sign_in

SENTENCE = "The board is <b>too</b> short."
ERRORS: dict[str, tuple[LotledgerError, int]] = {
    "input": (InvalidInput(SENTENCE), 400),
    "forbidden": (Forbidden(SENTENCE), 403),
    "missing": (NotFoundError(SENTENCE), 404),
    "conflict": (Conflict(SENTENCE), 409),
}

broken = Blueprint("broken", __name__, url_prefix="/broken")


@broken.get("/business/<name>")
def business(name: str) -> str:
    raise ERRORS[name][0]


@broken.get("/code/<int:code>")
def code(code: int) -> str:
    abort(code)


@broken.get("/bug")
def bug() -> str:
    return str({}["a secret detail"])


@broken.post("/form")
def form() -> str:
    return "taken"


@pytest.fixture(scope="module")
def broken_app(environment: dict[str, str]) -> Iterator[Flask]:
    """The application with pages that fail."""
    made = create_app(Settings.from_environment(environment))
    made.register_blueprint(broken)
    made.config["PASSWORD_HASHING"] = argon2.profiles.CHEAPEST
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def stranger(app: Flask, broken_app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with, in a workspace that is set up."""
    with broken_app.app_context():
        create_user("builder")
    return broken_app.test_client()


@pytest.fixture
def member(app: Flask, broken_app: Flask) -> FlaskClient:
    """A browser of the Owner."""
    browser = broken_app.test_client()
    with broken_app.app_context():
        sign_in(browser, create_user())
    return browser


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_the_business_is_a_page_with_its_sentence(member: FlaskClient, name: str) -> None:
    page = Visitor(member).get(f"/broken/business/{name}", ERRORS[name][1])
    assert SENTENCE in page.main
    assert page.document.all("nav", id="navigation")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 413, 429, 500, 501, 503])
def test_every_http_error_has_words_and_a_way_on(
    member: FlaskClient, stranger: FlaskClient, status: int
) -> None:
    for browser in (member, stranger):
        page = Visitor(browser).get(f"/broken/code/{status}", status)
        assert page.main.endswith("To the start page")
        assert len(page.main) > 60


def test_strangers_see_no_navigation(stranger: FlaskClient) -> None:
    page = Visitor(stranger).get("/nowhere", 404)
    assert page.heading == "Not found"
    assert not page.document.all("nav")


def test_a_bug_shows_no_detail(member: FlaskClient) -> None:
    response = member.get("/broken/bug")
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["Content-Security-Policy"]


def test_a_page_that_was_open_too_long_says_so(member: FlaskClient) -> None:
    page = Visitor(member)._seen(member.post("/broken/form", data={"csrf_token": "stale"}), 400)
    assert page.heading == "This page was open too long"


def test_a_refused_method_names_the_allowed_ones(member: FlaskClient) -> None:
    response = member.post("/broken/bug")
    assert response.status_code in {400, 405}
    assert member.put("/broken/bug", headers={"HX-Request": "true"}).status_code in {400, 405}


@pytest.mark.parametrize("path", ["/broken/business/conflict", "/broken/code/404", "/broken/bug"])
def test_htmx_gets_the_sentence_alone(member: FlaskClient, path: str) -> None:
    response = member.get(path, headers={"HX-Request": "true"})
    assert response.status_code in {404, 409, 500}
    notice = parse(response.text).one("div", role="alert")
    assert notice.text
    assert not parse(response.text).all("html")


def test_htmx_reloads_the_page_once_the_session_has_ended(stranger: FlaskClient) -> None:
    response = stranger.get("/settings/profile", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (401, "true")
    assert "Location" not in response.headers


def test_an_upload_that_is_too_large_is_refused(member: FlaskClient, broken_app: Flask) -> None:
    body = b"x" * (broken_app.config["MAX_CONTENT_LENGTH"] + 1)
    response = member.post("/login", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "Too large" in response.text
