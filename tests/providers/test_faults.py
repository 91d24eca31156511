"""Verdicts on QuickBooks' answers, recorded and odd."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.providers.documents import parse
from app.providers.errors import (
    AuthorizationLost,
    MalformedResponse,
    NotFound,
    ProviderError,
    RateLimited,
    Rejected,
    TemporarilyUnavailable,
    TokenRefused,
    UnreadableResponse,
)
from app.providers.quickbooks.envelopes import fault_in, fault_in_xml
from app.providers.quickbooks.faults import judge
from app.providers.transport import Answer
from tests.providers.test_documents import json_values

SAMPLES = Path(__file__).parent / "samples"

XML_3200 = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<IntuitResponse time="2016-12-07T15:27:09.527-08:00" xmlns="http://schema.intuit.com/finance/v3">
<Fault type="AUTHENTICATION"><Error code="3200">
<Message>message=AuthenticationFailed; errorCode=003200</Message>
<Detail>Token expired: eyJlbmMiOiJBMTI4Q0JDLUhTMjU2</Detail></Error></Fault></IntuitResponse>"""


def answer(status: int, body: Any = b"", method: str = "GET", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(
        method, status, {name.replace("_", "-"): text for name, text in headers.items()}, content, "tid-1"
    )


def fault(code: str, message: str = "Message", detail: str = "Detail", **more: Any) -> dict[str, Any]:
    error = {"Message": message, "Detail": detail, "code": code, **more}
    return {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-11-20T05:35:56.791-07:00"}


def verdict(answered: Answer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        judge(answered)
    assert caught.value.message.endswith((".", "…"))
    assert caught.value.trace_id == "tid-1"
    return caught.value


def test_a_good_answer_is_its_document() -> None:
    assert judge(answer(200, {"QueryResponse": {}})) == {"QueryResponse": {}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "3200", TokenRefused),
        (401, "003200", TokenRefused),
        (401, "100", TokenRefused),
        (403, "3200", TokenRefused),
        (401, "120", AuthorizationLost),
        (401, "130", TemporarilyUnavailable),
        (403, "3100", Rejected),
        (401, "3100", Rejected),
        (429, "3001", RateLimited),
        (403, "3001", RateLimited),
        (400, "610", NotFound),
        (400, "6000", Rejected),
        (400, "6190", Rejected),
        (400, "4001", Rejected),
        (400, "10000", TemporarilyUnavailable),
        (500, "10000", TemporarilyUnavailable),
        (200, "6000", Rejected),
        (200, "3200", TokenRefused),
    ],
)
def test_codes_decide(status: int, code: str, kind: type[ProviderError]) -> None:
    assert type(verdict(answer(status, fault(code)))) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, MalformedResponse),
        (400, Rejected),
        (401, TokenRefused),
        (403, Rejected),
        (404, Rejected),
        (408, TemporarilyUnavailable),
        (429, RateLimited),
        (500, TemporarilyUnavailable),
        (502, TemporarilyUnavailable),
        (503, TemporarilyUnavailable),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html><body>Bad gateway</body></html>", b"{", b"[]", b"null"])
def test_without_a_fault_the_status_decides(status: int, kind: type[ProviderError], body: bytes) -> None:
    assert type(verdict(answer(status, body))) is kind


def test_a_missing_object_is_a_refusal_for_a_write() -> None:
    error = verdict(
        answer(400, fault("610", detail="Something you're trying to use has been made inactive."), "POST")
    )
    assert isinstance(error, Rejected)
    assert "made inactive" in error.message


def test_a_refusal_says_what_quickbooks_said() -> None:
    error = verdict(answer(400, fault("2030", "Invalid ID", "Id should be a valid number.", element="Id")))
    assert isinstance(error, Rejected)
    assert (error.code, error.field) == ("2030", "Id")
    assert error.message == "QuickBooks refused this (code 2030): Id should be a valid number."


def test_configuration_and_subscription_get_a_sentence_of_their_own() -> None:
    assert "QBO_ENVIRONMENT" in verdict(answer(403, fault("3100"))).message
    assert "subscription" in verdict(answer(400, fault("6190"))).message
    assert "administrator" in verdict(answer(401, fault("120"))).message


@pytest.mark.parametrize(
    ("header", "seconds"), [("17", 17.0), ("0", 0.0), ("soon", None), ("-4", None), ("", None)]
)
def test_retry_after_is_read(header: str, seconds: float | None) -> None:
    assert verdict(answer(429, Retry_After=header)).retry_after == seconds
    assert verdict(answer(503, Retry_After=header)).retry_after == seconds


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_recorded_answer_is_judged(path: Path) -> None:
    body = path.read_bytes()
    named = path.stem.split("-")
    if path.stem == "entity-items-service":  # a bare list, which QuickBooks itself would not send
        assert isinstance(verdict(answer(200, body)), MalformedResponse)
    elif named[:2] == ["fault", "http401"]:
        assert isinstance(verdict(answer(401, body)), TokenRefused)
    elif named[0] == "fault" and "attachable" not in named:
        code = next(part for part in named if part.isdigit())
        error = verdict(answer(400, body))
        assert isinstance(error, Rejected)
        assert error.code == code
    else:
        assert judge(answer(200, body)) == parse(body)


def test_faults_inside_a_batch_are_found_one_by_one() -> None:
    replies = parse((SAMPLES / "batch-mixed-with-faults.json").read_bytes())["BatchItemResponse"]
    faults = [fault_in(reply) for reply in replies]
    assert any(faults)
    assert not all(faults)
    attachable = parse((SAMPLES / "fault-attachable-6000-business-validation.json").read_bytes())
    found = fault_in(attachable["AttachableResponse"][0])
    assert found is not None
    assert found.code == 6000


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_an_xml_fault_is_understood(status: int) -> None:
    assert isinstance(verdict(answer(status, XML_3200)), TokenRefused)
    throttled = (
        b'<IntuitResponse><Fault type="SERVICE"><Error code="3001" element="x"/></Fault></IntuitResponse>'
    )
    assert isinstance(verdict(answer(403, throttled)), RateLimited)


def test_nothing_about_a_token_is_kept() -> None:
    gateway = json.loads((SAMPLES / "fault-http401-3200-token-expired.json").read_bytes())
    gateway["fault"]["error"][0]["detail"] = "Token expired: eyJlbmMiOiJBMTI4Q0JDLUhTMjU2"
    for body in (gateway, XML_3200):
        error = verdict(answer(401, body))
        assert "eyJ" not in repr(vars(error)) + str(error)
    found = fault_in(gateway)
    assert found is not None
    assert (found.message, found.detail) == ("", "")
    found = fault_in_xml(XML_3200)
    assert found is not None
    assert (found.message, found.detail) == ("", "")


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<a><b/></a>", b'{"QueryResponse": {"Item": [', b"ok"]
)
def test_an_unreadable_answer_may_pass(body: bytes) -> None:
    assert isinstance(verdict(answer(200, body)), UnreadableResponse)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"5", b'{"Id": "7", "a": 1e999}'])
def test_a_readable_answer_that_makes_no_sense_does_not_pass(body: bytes) -> None:
    error = verdict(answer(200, body))
    assert type(error) is MalformedResponse
    assert not error.passing


def test_a_long_detail_is_cut_and_put_on_one_line() -> None:
    message = verdict(answer(400, fault("6000", detail="line\n\x07" + "x" * 5000))).message
    assert "line x" in message
    assert len(message) < 600


odd_bodies = st.one_of(
    st.binary(max_size=100),
    json_values.map(lambda value: json.dumps(value, default=float).encode()),
    st.builds(
        lambda name, errors, value: json.dumps({name: {errors: value}}, default=float).encode(),
        st.sampled_from(["Fault", "fault"]),
        st.sampled_from(["Error", "error"]),
        json_values
        | st.lists(st.dictionaries(st.sampled_from(["code", "Message", "Detail", "element"]), json_values)),
    ),
)


@given(st.sampled_from([200, 204, 302, 400, 401, 403, 404, 429, 500, 503]), odd_bodies)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    try:
        assert isinstance(judge(answer(status, body)), dict)
    except ProviderError as error:
        assert error.message
