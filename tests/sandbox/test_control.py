from __future__ import annotations

from typing import Any

import pytest
import requests

from app.sandbox.app import create_sandbox
from app.sandbox.options import SandboxOptions
from app.sandbox.state import State
from tests.sandbox.conftest import Api
from tests.support.sandbox import SandboxProcess


def test_two_and_a_half_thousand_items_come_in_three_pages(process: SandboxProcess) -> None:
    process.reset(items=2500)
    tokens = process.tokens()
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json"}
    pages = []
    with requests.Session() as session:
        for start in (1, 1001, 2001):
            statement = "SELECT * FROM Item WHERE Active IN (true, false) ORDERBY Id"
            statement += f" STARTPOSITION {start} MAXRESULTS 1000"
            address = f"{process.url}/v3/company/{tokens['realm']}/query"
            pages.append(
                session.get(address, params={"query": statement}, headers=headers, timeout=10).json()
            )
    rows = [item for page in pages for item in page["QueryResponse"]["Item"]]
    assert [int(item["Id"]) for item in rows] == list(range(1, 2501))
    assert len(process.requests("STARTPOSITION")) == 3


def test_items_can_be_changed_added_and_taken_away_in_bulk(process: SandboxProcess) -> None:
    process.reset(items=10)
    done = process.control(
        "items",
        {
            "upsert": [{"Id": "1", "UnitPrice": 9.99}, {"Name": "New part", "Sku": "N-1"}],
            "deactivate": ["2"],
            "delete": ["3"],
        },
    )
    assert done == {"ids": ["1", "11"], "items": 10}
    items = {item["Id"]: item for item in process.control("items")["items"]}
    assert (items["1"]["UnitPrice"], items["1"]["SyncToken"]) == (9.99, "1")
    assert (items["2"]["Name"], items["2"]["Active"]) == ("Part 000002 (deleted)", False)
    assert "3" not in items
    assert items["11"]["AssetAccountRef"]["name"] == "Inventory Asset"
    process.control("items", {"reactivate": ["2"]})
    assert process.control("items", id="2")["items"][0]["Name"] == "Part 000002"


def test_a_name_in_use_is_refused_and_that_of_an_inactive_item_is_free(process: SandboxProcess) -> None:
    process.reset(items=10)
    with pytest.raises(RuntimeError, match="6240"):
        process.control("items", {"upsert": [{"Id": "1", "Name": "Part 000002"}]})
    process.control("items", {"deactivate": ["2"]})
    process.control("items", {"upsert": [{"Id": "1", "Name": "Part 000002"}]})
    with pytest.raises(RuntimeError, match="6240"):
        process.control("items", {"reactivate": ["2"]})


def test_a_changed_quantity_moves_the_time_but_not_the_token(web: Any, state: State) -> None:
    before = state.first_company.items.get("13")
    web.post("/_control/items", json={"upsert": [{"Id": "13", "QtyOnHand": 7.5}]})
    after = state.first_company.items.get("13")
    assert before and after
    assert after["SyncToken"] == before["SyncToken"]
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]


def test_renaming_a_category_renames_what_lies_below(web: Any, api: Api) -> None:
    web.post("/_control/items", json={"upsert": [{"Id": "1", "Name": "Timber"}]})
    assert api.get("item/13").json["Item"]["FullyQualifiedName"] == "Timber:Boards:White Oak 4/4"


def test_tokens_can_expire_without_the_consent_ending(process: SandboxProcess) -> None:
    tokens = process.tokens()
    assert process.control("tokens", {"expire": True}) == {"expired": 1}
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    auth = ("sandbox-client", "sandbox-secret")
    address = process.settings()["QBO_TOKEN_URL"]
    assert requests.post(address, form, auth=auth, timeout=10).status_code == 200
    assert process.control("tokens", {"revoke": True, "realm": tokens["realm"]}) == {"revoked": 1}
    assert process.control("requests")["tokens"] == {
        "active": 0,
        "exchanged": 0,
        "refreshed": 1,
        "refused": 0,
        "revoked": 1,
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "sunshine"}),
        ("faults", {"kind": "html", "colour": "red"}),
        ("faults", {"kind": "slow", "seconds": "NaN"}),
        ("faults", {"kind": "slow", "seconds": -1}),
        ("faults", 7),
        ("settings", {"colour": "red"}),
        ("reset", {"items": "many"}),
        ("reset", {"items": -1}),
        ("items", []),
    ],
)
def test_mistakes_are_told(web: Any, path: str, body: Any) -> None:
    answer = web.post(f"/_control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json["error"]


def test_settings_change_together_or_not_at_all(web: Any, state: State) -> None:
    web.post("/_control/settings", json={"rotate": False, "colour": "red"})
    assert state.settings.rotate is True
    assert web.post("/_control/settings", json={"rotate": False}).json["rotate"] is False


def test_an_id_that_is_no_number_is_refused(web: Any, state: State) -> None:
    answer = web.post("/_control/items", json={"upsert": [{"Id": "X1", "Name": "Neuheit"}]})
    assert (answer.status_code, answer.json["code"]) == (409, "2030")
    assert len(state.first_company.items) == 250


def test_starting_over_is_as_at_the_start() -> None:
    web = create_sandbox(SandboxOptions(items=3)).test_client()
    for body, count in (({"items": 5}, 5), ({}, 3), ({"items": None}, 250)):
        state = web.post("/_control/reset", json=body).json
        assert state["companies"][0]["items"] == count


def test_the_company_can_be_renamed_and_change_its_currency(web: Any, api: Api) -> None:
    web.post("/_control/company", json={"CompanyName": "Finch & Sons", "currency": "EUR"})
    assert api.get(f"companyinfo/{api.realm}").json["CompanyInfo"]["CompanyName"] == "Finch & Sons"
    prefs = api.get("preferences").json["Preferences"]
    assert prefs["CurrencyPrefs"]["HomeCurrency"]["value"] == "EUR"


def test_starting_over_forgets_everything(web: Any, api: Api, state: State) -> None:
    web.post("/_control/faults", json={"kind": "html"})
    web.post("/_control/items", json={"delete": ["250"]})
    web.post("/_control/reset", json={})
    assert len(state.first_company.items) == 250
    assert (state.faults.waiting, state.grants.active, state.log.total) == ([], [], 0)
