from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.seed import POTTERY_REALM, WORKSHOP_REALM
from app.sandbox.state import State

ITEM = f"/items/{WORKSHOP_REALM}/13"


def test_the_control_page_shows_a_company_and_its_items(web: Any) -> None:
    page = web.get("/")
    assert "<h1>Alder &amp; Finch Woodworks</h1>" in page.text
    assert "Page 1 of 10, 250 items" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<h1>Second Street Pottery</h1>" in web.get("/", query_string={"realm": POTTERY_REALM}).text


@pytest.mark.parametrize(
    ("text", "found"), [("sc-8125", "2 items"), ("木", "4 items"), ("no such", "0 items")]
)
def test_items_are_found_by_name_and_sku(web: Any, text: str, found: str) -> None:
    assert f"Page 1 of 1, {found}" in web.get("/", query_string={"q": text}).text


def test_a_person_changes_an_item(web: Any, state: State) -> None:
    form = {"Name": "Oak board", "Sku": "", "UnitPrice": "3.1234567", "QtyOnHand": "-2.5", "Active": "on"}
    assert web.post(ITEM, data=form).status_code == 303
    item = state.first_company.items.get("13")
    assert item
    assert (item["FullyQualifiedName"], str(item["UnitPrice"])) == ("Wood:Boards:Oak board", "3.1234567")
    assert "Sku" not in item
    assert str(item["QtyOnHand"]) == "-2.5"


@pytest.mark.parametrize("number", ["13", "241"])  # the second is inactive, so that its name is marked
def test_what_is_saved_as_it_was_leaves_no_trace(web: Any, state: State, number: str) -> None:
    before = state.first_company.items.get(number)
    assert before
    web.post(f"/items/{WORKSHOP_REALM}/{number}", data=form_of(before))
    assert state.first_company.items.get(number) == before


def test_a_changed_quantity_looks_like_a_sale(web: Any, state: State) -> None:
    before = state.first_company.items.get("13")
    assert before
    web.post(ITEM, data=form_of(before) | {"QtyOnHand": "3"})
    after = state.first_company.items.get("13")
    assert after
    assert (after["QtyOnHand"], after["SyncToken"]) == (3, before["SyncToken"])
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]


def form_of(item: dict[str, Any]) -> dict[str, str]:
    """What the item's form sends when nobody typed anything."""
    names = ("Name", "Sku", "UnitPrice", "PurchaseCost", "QtyOnHand", "Description")
    sent = {name: str(item.get(name, "")) for name in names} | {
        "Name": item["Name"].removesuffix(" (deleted)")
    }
    return sent | ({"Active": "on"} if item["Active"] else {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", ""),
        ("Name", "a:b"),
        ("Name", "n" * 101),
        ("UnitPrice", "much"),
        ("UnitPrice", "NaN"),
        ("Name", "Walnut 4/4"),
    ],
)
def test_what_quickbooks_would_not_save_is_refused_in_the_form(web: Any, field: str, value: str) -> None:
    answer = web.post(ITEM, data={"Name": "Oak board", "Active": "on", field: value, "ParentRef": ""})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert f'value="{value}"' in answer.text
    assert "&#34;Name&#34;: &#34;White Oak 4/4&#34;" in answer.text  # the record as Intuit still sends it


def test_a_person_deactivates_and_adds_items(web: Any, state: State) -> None:
    assert web.post(f"{ITEM}/deactivate").status_code == 303
    assert state.first_company.items.get("13")["Name"] == "White Oak 4/4 (deleted)"  # type: ignore[index]
    form = {
        "Name": "Neuheit",
        "Sku": "N",
        "Type": "Service",
        "UnitPrice": "",
        "QtyOnHand": "",
        "Active": "on",
    }
    assert web.post(f"/items/{WORKSHOP_REALM}/new", data=form).status_code == 303
    added = state.first_company.items.get("251")
    assert added
    assert (added["Type"], added["IncomeAccountRef"]["name"]) == ("Service", "Services")
    assert "QtyOnHand" not in added


def test_a_person_makes_requests_fail_and_changes_her_mind(web: Any, state: State) -> None:
    form = {
        "kind": "rate_limit",
        "times": "3",
        "skip": "1",
        "contains": "query",
        "seconds": "5",
        "retry_after": "9",
    }
    assert web.post("/faults", data=form).status_code == 303
    assert "429, too many requests: next 3, after 1, containing “query”" in web.get("/").text
    assert web.post("/faults/clear").status_code == 303
    assert state.faults.waiting == []
    for wrong in ({"times": "many"}, {"seconds": "inf"}):
        assert web.post("/faults", data=form | wrong).status_code == 400


def test_a_person_ends_tokens_and_consents(web: Any, state: State) -> None:
    grant = state.grants
    grant.issue(WORKSHOP_REALM, 3600)
    grant.issue(POTTERY_REALM, 3600)
    web.post("/tokens/expire", query_string={"realm": WORKSHOP_REALM})
    assert [len(one.access_tokens) for one in grant.active] == [0, 1]
    web.post("/tokens/revoke", query_string={"realm": WORKSHOP_REALM})
    assert [one.realm for one in grant.active] == [POTTERY_REALM]


def test_another_site_cannot_press_the_buttons(web: Any) -> None:
    assert web.post("/reset", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/?realm=1", "/items/1/13", f"/items/{WORKSHOP_REALM}/999", "/mailbox/1", "/nowhere"]
)
def test_what_is_not_there_is_not_found(web: Any, path: str) -> None:
    assert web.get(path).status_code == 404
