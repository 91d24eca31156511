"""Every answer that the consent page can bring back, and what is said about it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine

from app.foundation.clock import utcnow
from tests.support.integrations import CALLBACK, INTEGRATIONS, Visitor, audited


def state_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def answer(**parameters: str) -> str:
    return f"{CALLBACK}?{urlencode(parameters)}"


def told(visitor: Visitor, address: str) -> str:
    """The one sentence after this answer; fails if anything was connected."""
    assert visitor.come_back(address).headers["Location"] == INTEGRATIONS
    (sentence,) = visitor.notices()
    assert audited(visitor.app) == []
    return sentence


def test_refused_consent_is_no_error(owner):
    back = owner.consent(owner.depart(), allow=False)
    assert "You did not allow the connection" in told(owner, back)


def test_another_error_of_the_consent_page(owner):
    state = state_in(owner.depart())
    sentence = told(owner, answer(error="server_error<script>", state=state))
    assert "could not complete the connection" in sentence
    assert "script" not in sentence


def test_a_state_that_nobody_asked_for(owner):
    owner.depart()
    assert "did not ask for this answer" in told(owner, answer(state="x" * 43, code="c", realmId="1"))


def test_no_state_at_all(owner):
    assert "no proof" in told(owner, answer(code="c", realmId="1"))


@pytest.mark.parametrize(
    "state", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "s" * 9000]
)
def test_an_absurd_state(owner, state):
    assert "so it was not used" in told(owner, answer(state=state, code="c", realmId="1"))


def test_a_state_is_good_once(owner):
    back = owner.consent(owner.depart())
    owner.come_back(back)
    assert "is connected" in owner.notices()[0]
    owner.come_back(back)
    assert "was used already" in owner.notices()[0]


def test_a_state_lapses_after_ten_minutes(owner):
    back = owner.consent(owner.depart())
    with time_machine.travel(utcnow().timestamp() + 601):
        assert "more than ten minutes" in told(owner, back)


def test_a_state_of_another_person_is_refused_and_spent(app, owner, sandbox):
    back = owner.consent(owner.depart())
    colleague = Visitor(app, sandbox, "admin")
    assert "belongs to another sign-in" in told(colleague, back)
    assert "was used already" in told(owner, back)


def test_a_state_of_the_same_persons_other_browser_is_refused(app, owner, sandbox):
    back = owner.consent(owner.depart())
    with owner.client.session_transaction() as session:
        session["oauth_secret"] = "another browser's"
    assert "belongs to another sign-in" in told(owner, back)


def test_a_missing_code(owner):
    state = state_in(owner.depart())
    assert "sent no code" in told(owner, answer(state=state, realmId="1"))


@pytest.mark.parametrize("realm", ["", "abc", "1/../2", "９１３", "1" * 33])
def test_a_missing_or_impossible_company(owner, realm):
    state = state_in(owner.depart())
    assert "which company" in told(owner, answer(state=state, code="c", realmId=realm))


def test_a_code_that_is_refused(owner):
    state = state_in(owner.depart())
    assert "did not accept the consent" in told(owner, answer(state=state, code="invented", realmId="1"))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"kind": "slow", "seconds": 3}, "took too long"),
        ({"kind": "silent", "seconds": 3}, "took too long"),
        ({"kind": "server_error", "times": 9}, "Nothing was changed"),
        ({"kind": "unavailable", "times": 9}, "Nothing was changed"),
        ({"kind": "dropped", "times": 9}, "could not be reached"),
        ({"kind": "html", "times": 9}, "Nothing was changed"),
        ({"kind": "rate_limit", "times": 9}, "Nothing was changed"),
        ({"kind": "huge", "megabytes": 40}, "Nothing was changed"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_token_endpoint_that_is_unwell(owner, sandbox, fault, sentence):
    back = owner.consent(owner.depart())
    sandbox.fault(contains="tokens/bearer", **fault)
    assert sentence in told(owner, back)


@pytest.mark.parametrize("kind", ["unauthorized", "server_error", "not_json", "fault_in_200", "silent"])
def test_a_company_whose_name_cannot_be_read(owner, sandbox, kind):
    back = owner.consent(owner.depart())
    sandbox.fault(kind, contains="companyinfo", times=9, seconds=3)
    sentence = told(owner, back)
    assert "the company could not be read" in sentence
    assert sandbox.control("requests")["tokens"]["active"] == 0  # the unused consent was given back


def test_a_company_without_a_name(owner, sandbox):
    sandbox.control("company", {"CompanyName": "  ", "LegalName": ""})
    back = owner.consent(owner.depart())
    assert "Nothing was changed" in told(owner, back)


def test_a_realm_that_the_consent_was_not_for(owner, alder, pottery):
    back = owner.consent(owner.depart(), alder)
    assert "could not be read" in told(owner, back.replace(alder, pottery))


def test_the_reference_for_the_providers_support_is_shown(owner, sandbox):
    back = owner.consent(owner.depart())
    sandbox.fault("server_error", contains="tokens/bearer", times=9)
    assert "Reference for the provider's support: 1-" in told(owner, back)


def test_a_visitor_whose_sign_in_has_ended_is_asked_to_sign_in(app, owner):
    back = owner.consent(owner.depart())
    stranger = app.test_client()
    parts = urlsplit(back)
    first = stranger.get(f"{parts.path}?{parts.query}")
    assert first.status_code == 302
    login = stranger.get(first.headers["Location"], follow_redirects=True)
    assert "Sign in and connect again" in login.text
    assert "code=" not in login.request.url


def test_a_builder_cannot_redeem_an_answer(app, owner, sandbox):
    back = owner.consent(owner.depart())
    builder = Visitor(app, sandbox, "builder")
    assert builder.come_back(back).headers["Location"] == "/"
    assert audited(app) == []


def test_an_error_in_a_popup_ends_the_popup(owner):
    back = owner.consent(owner.depart(popup="1"), allow=False)
    assert owner.come_back(back).headers["Location"] == "/integrations/done"
    assert "did not allow" in owner.notices()[0]
