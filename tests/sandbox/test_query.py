from __future__ import annotations

import pytest

from app.sandbox.items import change_item
from tests.sandbox.conftest import Api


def test_only_active_items_come_unless_asked_for_others(api: Api) -> None:
    assert all(item["Active"] for item in api.items("MAXRESULTS 1000"))
    assert api.query("SELECT COUNT(*) FROM Item") == {"totalCount": 240}
    assert api.query("SELECT COUNT(*) FROM Item WHERE Active IN (true, false)") == {"totalCount": 250}
    assert len(api.items("WHERE Active = false")) == 10


def test_a_page_holds_a_hundred_rows_unless_asked_for_more(api: Api) -> None:
    page = api.query("SELECT * FROM Item")
    assert (page["startPosition"], page["maxResults"], len(page["Item"])) == (1, 100, 100)


def test_rows_do_not_come_by_id_unless_asked_to(api: Api) -> None:
    plain = [int(item["Id"]) for item in api.items("MAXRESULTS 1000")]
    ordered = [int(item["Id"]) for item in api.items("ORDERBY Id MAXRESULTS 1000")]
    assert plain != ordered
    assert ordered == sorted(plain)


def test_pages_follow_one_another_to_the_end(api: Api) -> None:
    every = "WHERE Active IN (true, false) ORDERBY Id"
    pages = [api.query(f"SELECT * FROM Item {every} STARTPOSITION {n} MAXRESULTS 120") for n in (1, 121, 241)]
    assert [page["maxResults"] for page in pages] == [120, 120, 10]
    assert len({item["Id"] for page in pages for item in page["Item"]}) == 250
    assert api.query(f"SELECT * FROM Item {every} STARTPOSITION 251") == {}


def test_comparing_texts_heeds_no_case_and_only_the_percent_sign(api: Api) -> None:
    assert api.names("WHERE Name = 'FINCH BASE WALNUT'") == ["Finch Base Walnut"]
    assert api.names("WHERE Name LIKE 'björk%' ORDERBY Name") == [
        "Björk Desk Lamp Ash",
        "Björk Desk Lamp Hard Maple",
    ]
    assert api.names("WHERE Name LIKE '%木%'") == [
        "Kōmori Lantern 木 Large",
        "Kōmori Lantern 木 Small",
        *api.names("WHERE Name LIKE '桐木%'"),
    ]
    assert api.names("WHERE Name LIKE 'Finch_Base%'") == []


def test_a_quoted_space_stands_for_nothing(api: Api) -> None:
    assert "Board Care Kit" in api.names("WHERE Sku = ' ' AND Type = 'Group'")
    assert "Bedside Pair" not in api.names("WHERE Sku = ' ' AND Type = 'Group'")


def test_ids_go_with_equal_and_in(api: Api) -> None:
    assert [item["Id"] for item in api.items("WHERE Id IN ('20', '13') ORDERBY Id")] == ["13", "20"]
    assert [item["Id"] for item in api.items("WHERE Id = '13'")] == ["13"]
    assert api.fault("SELECT * FROM Item WHERE Id > '13'")[0] == "4001"


def test_times_compare_as_instants(api: Api) -> None:
    before = api.items("WHERE MetaData.LastUpdatedTime >= '2026-03-01T00:00:00Z' MAXRESULTS 1000")
    change_item(api.state.first_company, "20", {"UnitPrice": "4.5"})
    after = api.items("WHERE MetaData.LastUpdatedTime >= '2026-03-01T00:00:00-07:00' MAXRESULTS 1000")
    assert {item["Id"] for item in after} - {item["Id"] for item in before} == {"20"}


def test_sorting_by_price_puts_the_greatest_first_when_descending(api: Api) -> None:
    assert api.items("ORDERBY UnitPrice DESC, Id MAXRESULTS 1")[0]["UnitPrice"] == 418


def test_chosen_attributes_come_with_the_id_only(api: Api) -> None:
    assert api.query("SELECT Name, Sku FROM Item WHERE Id = '13'")["Item"] == [
        {"Name": "White Oak 4/4", "Sku": "BD-OAK-44", "domain": "QBO", "sparse": True, "Id": "13"}
    ]
    assert "Type" in api.query("SELECT *, Sku FROM Item WHERE Id = '13'")["Item"][0]


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("SELECT * FROM Custmoer", "QueryValidationError: invalid context declaration: Custmoer"),
        (
            "SELECT * FROM Item STARTPOSITION 0",
            "QueryValidationError: value 0 is too small. Min allowed value is 1",
        ),
        (
            "SELECT * FROM Item MAXRESULTS 1001",
            "QueryValidationError: value 1001 is too large. Max allowed value is 1000",
        ),
        (
            "SELECT * FROM Item WHERE QtyOnHand > '1'",
            "QueryValidationError: Property QtyOnHand is not queryable for Entity Item",
        ),
        (
            "SELECT * FROM Item ORDERBY Sku",
            "QueryValidationError: Property Sku is not sortable for Entity Item",
        ),
        (
            "SELECT * FROM Item WHERE Colour = 'red'",
            "QueryValidationError: Property Colour not found for Entity Item",
        ),
        ("SELECT Colour FROM Item", "QueryValidationError: Property Colour not found for Entity Item"),
    ],
)
def test_statements_without_sense_are_refused(api: Api, statement: str, detail: str) -> None:
    assert api.fault(statement) == ("4001", detail)


def test_a_broken_statement_gets_its_own_code(api: Api) -> None:
    assert api.fault("SELECT * FROM Item WHERE Name = 'a' OR Name = 'b'")[0] == "4000"


def test_accounts_vendors_and_the_company_can_be_asked_for(api: Api) -> None:
    accounts = api.query("SELECT * FROM Account WHERE AccountType = 'Cost of Goods Sold' ORDERBY Id")[
        "Account"
    ]
    assert [account["Name"] for account in accounts][:2] == ["Cost of Goods Sold", "Inventory Shrinkage"]
    vendors = api.query(r"SELECT * FROM Vendor WHERE DisplayName = 'O\'Brien Metal Spinning'")["Vendor"]
    assert vendors[0]["FamilyName"] == "O'Brien"
    assert api.query("SELECT COUNT(*) FROM Vendor WHERE Active IN (true, false)") == {"totalCount": 12}
    assert (
        api.query("SELECT * FROM CompanyInfo")["CompanyInfo"][0]["CompanyName"] == "Alder & Finch Woodworks"
    )


def test_a_statement_can_be_posted_as_text(api: Api) -> None:
    headers = {"Accept": "application/json", "Authorization": f"Bearer {api.token}"}
    answer = api.client.post(
        f"/v3/company/{api.realm}/query",
        data="SELECT COUNT(*) FROM Item WHERE Name = '木'".encode(),
        content_type="application/text",
        headers=headers,
    )
    assert answer.json["QueryResponse"] == {"totalCount": 0}
