"""The headers of every answer."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from app import create_app
from app.foundation.pages.security import content_security_policy, origin_of
from config import Settings
from tests.support.html import parse
from tests.support.people import create_user

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self' https://books.example.com; frame-ancestors 'none'; base-uri 'none'"
)


def headers_of(client: FlaskClient, path: str) -> Headers:
    """The headers of an answer that was read to its end."""
    with client.get(path) as response:
        return response.headers


def test_the_policy_allows_files_of_ours_and_the_forms_targets_only() -> None:
    assert content_security_policy(["https://books.example.com"]) == POLICY


@pytest.mark.parametrize("path", ["/login", "/nope", "/static/css/base.css", "/healthz"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    headers = headers_of(client, path)
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert "camera=()" in headers["Permissions-Policy"]


def test_forms_may_lead_to_the_configured_authorize_page(app: Flask, client: FlaskClient) -> None:
    origin = origin_of(app.config["SETTINGS"].quickbooks.authorize_url)
    assert f"form-action 'self' {origin};" in client.get("/login").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/login", "no-store"),
        ("/static/css/base.css?v=1", "public, max-age=31536000, immutable"),
        ("/static/css/base.css", "no-cache"),
        ("/static/css/nope.css?v=1", "no-store"),
    ],
)
def test_pages_are_not_kept_and_named_assets_are(client: FlaskClient, path: str, caching: str) -> None:
    assert headers_of(client, path)["Cache-Control"] == caching


def test_every_asset_of_a_page_is_there_and_named_by_its_content(client: FlaskClient) -> None:
    page = parse(client.get("/login", follow_redirects=True).text)
    addresses = [each["href"] or each["src"] for each in page.all("link", "script", "img")]
    assert len(addresses) >= 8
    for address in addresses:
        assert "immutable" in headers_of(client, address)["Cache-Control"]


def test_https_is_insisted_on_where_it_is_the_public_address(environment: dict[str, str]) -> None:
    secure = create_app(Settings.from_environment(environment | {"APP_URL": "https://lotledger.example.com"}))
    plain = create_app(Settings.from_environment(environment))
    assert "Strict-Transport-Security" in secure.test_client().get("/healthz").headers
    assert "Strict-Transport-Security" not in plain.test_client().get("/healthz").headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_methods_that_nobody_uses_are_refused(app: Flask, client: FlaskClient, method: str) -> None:
    with app.app_context():
        create_user()
    assert client.open("/login", method=method).status_code == 405
