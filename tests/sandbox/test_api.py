from __future__ import annotations

import gzip
from decimal import Decimal

import pytest
import simplejson

from app.sandbox.throttle import Throttle
from tests.sandbox.conftest import Api


def test_company_info_has_what_the_app_looks_for(api: Api) -> None:
    info = api.get(f"companyinfo/{api.realm}", minorversion="75").json["CompanyInfo"]
    assert info["CompanyName"] == "Alder & Finch Woodworks"
    assert (info["Id"], info["Country"], info["DefaultTimeZone"]) == ("1", "US", "America/Los_Angeles")
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in info["NameValue"]


def test_preferences_name_the_home_currency(api: Api) -> None:
    preferences = api.get("preferences").json["Preferences"]
    assert preferences["CurrencyPrefs"]["HomeCurrency"] == {"value": "USD"}


def test_numbers_are_exact_to_seven_decimals(api: Api) -> None:
    text = api.get("query", query="SELECT * FROM Item WHERE Sku = 'SC-8125S'").text
    item = simplejson.loads(text, use_decimal=True)["QueryResponse"]["Item"][0]
    assert item["PurchaseCost"] == Decimal("0.0583333")
    assert '"PurchaseCost":0.0583333,' in text


def test_records_can_be_read_one_by_one(api: Api) -> None:
    assert api.get("item/13").json["Item"]["Sku"] == "BD-OAK-44"
    assert api.get("account/3").json["Account"]["Name"] == "Inventory Asset"
    assert api.get("vendor/3").json["Vendor"]["DisplayName"] == "Möller Leuchten GmbH"


@pytest.mark.parametrize(
    ("path", "code"),
    [("item/99999", "610"), ("item/1.5", "2030"), ("item/x", "2030"), ("customer/1/5", "500")],
)
def test_what_cannot_be_read_is_refused_with_intuits_code(api: Api, path: str, code: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 400
    assert answer.json["Fault"]["Error"][0]["code"] == code
    assert answer.json["Fault"]["type"] == "ValidationFault"
    assert answer.headers["intuit_tid"]


def test_without_an_accept_header_the_answer_is_xml(api: Api) -> None:
    answer = api.get("item/13", accept="*/*")
    assert answer.content_type.startswith("application/xml")
    assert "<Item>" in answer.text
    assert "<Sku>BD-OAK-44</Sku>" in answer.text
    assert 'code="610"' in api.get("item/99999", accept="").text
    assert 'code="3200"' in api.get("item/13", accept="", token="x").text


def test_answers_are_compressed_when_asked(api: Api) -> None:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Authorization": f"Bearer {api.token}",
    }
    answer = api.client.get(f"/v3/company/{api.realm}/query?query=SELECT * FROM Item", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert simplejson.loads(gzip.decompress(answer.data))["QueryResponse"]["maxResults"] == 100


def test_requests_above_the_limit_are_refused(api: Api) -> None:
    api.state.settings.throttle = True
    api.state.settings.retry_after = 7
    answers = [api.get("preferences") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "7"
    error = answers[-1].json["fault"]["error"][0]
    assert (error["code"], error["detail"]) == ("3001", "The request limit was reached.  Try again later")


def test_the_limits_count_each_company_over_a_second_and_a_minute() -> None:
    throttle = Throttle()
    assert [throttle.admit("1", 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert throttle.admit("2", 0.0)
    assert throttle.admit("1", 1.01)
    admitted = sum(throttle.admit("3", number / 9.5) for number in range(560))
    assert admitted == 500
    assert throttle.admit("3", 60.2)
