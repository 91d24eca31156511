from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.sandbox.state import State
from tests.sandbox.conftest import Api
from tests.support.sandbox import SCOPE, SandboxProcess

REDIRECT = "http://localhost:5000/integrations/quickbooks/callback"
ASKED = {
    "client_id": "sandbox-client",
    "response_type": "code",
    "scope": SCOPE,
    "redirect_uri": REDIRECT,
    "state": "s-1",
}


class Oauth:
    """An app's side of the conversation, over HTTP."""

    def __init__(self, process: SandboxProcess) -> None:
        self.process = process
        self.addresses = process.settings()

    def token(self, secret: str = "sandbox-secret", **form: str) -> requests.Response:
        return requests.post(
            self.addresses["QBO_TOKEN_URL"], form, auth=("sandbox-client", secret), timeout=10
        )

    def code(self, **more: Any) -> str:
        return parse_qs(urlsplit(self.process.consent(REDIRECT, **more)).query)["code"][0]

    def exchange(self, code: str, redirect_uri: str = REDIRECT) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def status_of(self, access_token: str, realm: str) -> int:
        address = f"{self.addresses['QBO_API_URL']}/v3/company/{realm}/companyinfo/{realm}"
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        return requests.get(address, headers=headers, timeout=10).status_code

    def revoke(self, token: Any) -> int:
        address = self.addresses["QBO_REVOKE_URL"]
        auth = ("sandbox-client", "sandbox-secret")
        return requests.post(address, json={"token": token}, auth=auth, timeout=10).status_code


@pytest.fixture
def oauth(process: SandboxProcess) -> Oauth:
    return Oauth(process)


def test_consent_leads_back_with_code_state_and_company(process: SandboxProcess) -> None:
    pottery = process.companies()[1]["realm"]
    address = urlsplit(process.consent(REDIRECT, "any state & more", realm=pottery))
    answer = parse_qs(address.query)
    assert address.geturl().startswith(REDIRECT + "?")
    assert answer["state"] == ["any state & more"]
    assert answer["realmId"] == [pottery]
    assert len(answer["code"][0]) <= 512


def test_refusal_leads_back_with_neither_code_nor_company(process: SandboxProcess) -> None:
    address = process.consent(REDIRECT, "s-1", allow=False)
    assert parse_qs(urlsplit(address).query) == {"error": ["access_denied"], "state": ["s-1"]}


def test_the_consent_page_offers_every_company(web: Any) -> None:
    page = web.get("/connect/oauth2", query_string=ASKED).text
    assert "Alder &amp; Finch Woodworks" in page
    assert "Second Street Pottery" in page
    assert "No thanks" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "another"),
        ("redirect_uri", "http://app.example/callback"),
        ("redirect_uri", "/callback"),
        ("redirect_uri", "http://[callback"),
        ("response_type", "token"),
        ("scope", "openid"),
        ("scope", f"{SCOPE} everything"),
        ("state", ""),
    ],
)
def test_a_mistaken_request_shows_an_error_and_never_leads_back(web: Any, name: str, value: str) -> None:
    for answer in (
        web.get("/connect/oauth2", query_string=ASKED | {name: value}),
        web.post("/connect/oauth2", query_string=ASKED | {name: value}, data={"decision": "allow"}),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_a_code_gives_tokens_that_open_its_company_only(oauth: Oauth) -> None:
    first, second = (company["realm"] for company in oauth.process.companies())
    answer = oauth.exchange(oauth.code(realm=first))
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["x_refresh_token_expires_in"] == 8726400
    assert "x_refresh_token_hard_expires_in" not in body
    assert answer.headers["intuit_tid"]
    assert oauth.status_of(body["access_token"], first) == 200
    assert oauth.status_of(body["access_token"], second) == 403


def test_a_code_is_good_only_once_and_only_for_its_address(oauth: Oauth) -> None:
    used = oauth.code()
    assert oauth.exchange(used).status_code == 200
    again, elsewhere = oauth.exchange(used), oauth.exchange(oauth.code(), REDIRECT + "/")
    for answer in (again, elsewhere):
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_grant"


def test_each_refresh_ends_the_former_refresh_token(oauth: Oauth) -> None:
    first = oauth.exchange(oauth.code()).json()
    second = oauth.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    refused = oauth.refresh(first["refresh_token"])
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert oauth.refresh(second["refresh_token"]).status_code == 200


def test_without_rotation_the_refresh_token_stays(oauth: Oauth) -> None:
    oauth.process.control("settings", {"rotate": False})
    first = oauth.exchange(oauth.code()).json()
    assert oauth.refresh(first["refresh_token"]).json()["refresh_token"] == first["refresh_token"]


def test_wrong_secret_wrong_grant_and_missing_fields_have_their_own_answers(oauth: Oauth) -> None:
    code = oauth.code()
    wrong = oauth.token("wrong", grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    assert oauth.token(grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert oauth.token(grant_type="refresh_token").json()["error"] == "invalid_request"
    assert oauth.token().json()["error"] == "invalid_request"
    assert oauth.exchange(code).status_code == 200


def test_revoking_either_token_ends_the_whole_consent(oauth: Oauth) -> None:
    realm = oauth.process.companies()[0]["realm"]
    for name in ("access_token", "refresh_token"):
        tokens = oauth.exchange(oauth.code()).json()
        assert oauth.revoke(tokens[name]) == 200
        assert oauth.status_of(tokens["access_token"], realm) == 401
        assert oauth.refresh(tokens["refresh_token"]).status_code == 400
        assert oauth.revoke(tokens[name]) == 400
    assert oauth.revoke(None) == 400


def test_an_access_token_ends_with_its_life(oauth: Oauth) -> None:
    oauth.process.control("settings", {"access_lifetime": 1})
    tokens = oauth.process.tokens()
    assert oauth.status_of(tokens["access_token"], tokens["realm"]) == 200
    time.sleep(1.05)
    assert oauth.status_of(tokens["access_token"], tokens["realm"]) == 401


def test_a_refused_token_gets_the_gateways_answer(api: Api) -> None:
    answer = api.get("preferences", token="nonsense")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    error = answer.json["fault"]["error"][0]
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert (error["code"], answer.json["fault"]["type"]) == ("3200", "AUTHENTICATION")
    assert isinstance(answer.json["time"], int)


def test_a_token_of_another_company_is_forbidden(api: Api, state: State) -> None:
    other = list(state.companies)[1]
    answer = api.get("preferences", token=state.grants.issue(other, 3600).access_token)
    assert answer.status_code == 403
    assert answer.json["fault"]["error"][0]["code"] == "3100"


def test_the_hard_limit_is_told_on_request(web: Any, state: State) -> None:
    issued = state.grants.issue(state.first_company.realm, 3600)
    answer = web.post(
        "/oauth2/v1/tokens/bearer",
        data={"grant_type": "refresh_token", "refresh_token": issued.refresh_token},
        auth=("sandbox-client", "sandbox-secret"),
        headers={"x-include-refresh-token-hard-expires-in": "true"},
    )
    assert 157_000_000 < answer.json["x_refresh_token_hard_expires_in"] <= 157_680_000
