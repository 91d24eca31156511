"""QuickBooks' items, accounts and companies as neutral records."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from app.providers.base import ItemType, RemoteItem
from app.providers.documents import BadDocument, parse
from app.providers.quickbooks import records
from tests.providers.test_documents import json_values

SAMPLES = Path(__file__).parent / "samples"


def as_text(document: Any) -> Raw:
    """The document as it would be sent."""
    return Raw(simplejson.dumps(document, use_decimal=True).encode())


def read_item(document: Any) -> RemoteItem:
    """The record of an item's document, whose text does not matter here."""
    text = as_text(document)
    return records.item(text, records.identity(text, "item"))


def inventory_item(**changes: Any) -> dict[str, Any]:
    """An inventory item with everything stated; None takes an attribute out."""
    item: dict[str, Any] = {
        "Name": "Rock Fountain",
        "Sku": "RF-100",
        "Active": True,
        "FullyQualifiedName": "Fountains:Rock Fountain",
        "UnitPrice": 275,
        "Type": "Inventory",
        "IncomeAccountRef": {"value": "79", "name": "Sales of Product Income"},
        "PurchaseCost": Decimal("125.50"),
        "ExpenseAccountRef": {"value": "80", "name": "Cost of Goods Sold"},
        "AssetAccountRef": {"value": "81", "name": "Inventory Asset"},
        "QtyOnHand": Decimal("-2.5"),
        "Id": "5",
        "SyncToken": "2",
    }
    return {name: value for name, value in (item | changes).items() if value is not None}


def test_an_inventory_item_keeps_everything() -> None:
    item = records.item(as_text(inventory_item()), "5")
    assert tuple(item) == (
        "5",
        "Rock Fountain",
        "Fountains:Rock Fountain",
        "RF-100",
        ItemType.INVENTORY,
        True,
        Decimal(275),
        Decimal("125.5"),
        Decimal("-2.5"),
        "79",
        "80",
        "81",
    )


def test_equal_prices_are_equal_text() -> None:
    assert str(read_item(inventory_item()).unit_price) == "275.000000"
    assert str(read_item(inventory_item(UnitPrice=Decimal("275.0"))).unit_price) == "275.000000"
    assert str(read_item(inventory_item(UnitPrice=Decimal("-0.0"))).unit_price) == "0.000000"
    assert str(read_item(inventory_item(QtyOnHand=10)).quantity_on_hand) == "10.0000"


def test_missing_attributes_are_not_stated() -> None:
    item = read_item({"Id": "1", "Name": "Concrete"})
    assert item.full_name == "Concrete"
    assert item.active
    assert item.item_type is ItemType.OTHER
    assert item[6:12] == (None,) * 6
    assert item.sku is None


@pytest.mark.parametrize(
    ("word", "item_type"),
    [
        ("Inventory", ItemType.INVENTORY),
        ("NonInventory", ItemType.NON_INVENTORY),
        ("Service", ItemType.SERVICE),
        ("Group", ItemType.BUNDLE),
        ("Category", ItemType.OTHER),
        ("Assembly", ItemType.OTHER),
    ],
)
def test_types_are_neutral(word: str, item_type: ItemType) -> None:
    assert read_item(inventory_item(Type=word)).item_type is item_type


@pytest.mark.parametrize(("sku", "kept"), [("", None), ("  ", None), (" 00042 ", "00042"), ("ab", "ab")])
def test_a_sku_is_text(sku: str, kept: str | None) -> None:
    assert read_item(inventory_item(Sku=sku)).sku == kept


def test_an_inactive_item_loses_what_quickbooks_appended() -> None:
    item = read_item(
        inventory_item(Name="Pump (deleted)", FullyQualifiedName="Parts:Pump (deleted)", Active=False)
    )
    assert (item.name, item.full_name, item.active) == ("Pump", "Parts:Pump", False)
    assert read_item(inventory_item(Name="Pump (deleted)")).name == "Pump (deleted)"


def test_names_in_any_script_are_kept() -> None:
    for name in ("Ürün №5", "木工用クランプ", "חומר גלם", "🪵 Eiche"):
        assert read_item(inventory_item(Name=name)).name == name


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**9), max_value=10**9))
def test_prices_are_rounded_half_even_to_six_decimals(price: Decimal) -> None:
    body = f'{{"Id": "1", "Name": "x", "UnitPrice": {price:f}, "QtyOnHand": {price:f}}}'
    item = read_item(parse(body.encode()))
    assert item.unit_price == price.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    assert item.quantity_on_hand == price.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"Name": 5}, "in item 5 Name should be text and is a number"),
        ({"Name": "x" * 10_000}, "in item 5 Name has more than 200 characters"),
        ({"Name": " ", "FullyQualifiedName": None}, "in item 5 there is no Name"),
        ({"FullyQualifiedName": "x" * 10_000}, "in item 5 FullyQualifiedName has more than 1100 characters"),
        ({"Sku": 42}, "in item 5 Sku should be text and is a number"),
        ({"Type": {}}, "in item 5 Type should be text and is an object"),
        ({"Active": "true"}, "in item 5 Active should be true or false and is text"),
        ({"UnitPrice": "dear"}, "in item 5 UnitPrice is not as it should be: Invalid decimal string"),
        ({"UnitPrice": "NaN"}, "in item 5 the UnitPrice is no number"),
        ({"UnitPrice": True}, "in item 5 UnitPrice should be a number and is true or false"),
        ({"UnitPrice": 10**12}, "in item 5 the UnitPrice is impossible"),
        ({"UnitPrice": Decimal("999999999999.9999996")}, "in item 5 the UnitPrice is impossible"),
        ({"QtyOnHand": 10**4000}, "in item 5 the QtyOnHand is impossible"),
        ({"IncomeAccountRef": "79"}, "in item 5 IncomeAccountRef should be an object and is text"),
        (
            {"IncomeAccountRef": {"value": 79}},
            "in item 5 IncomeAccountRef.value should be text and is a number",
        ),
    ],
)
def test_a_wrong_type_names_the_item(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadDocument, match=says):
        read_item(inventory_item(**changes))


@pytest.mark.parametrize(
    "raw", [None, [], "item", {"Name": "x"}, {"Id": None}, {"Id": 5}, {"Id": ""}, {"Id": "9" * 99}]
)
def test_an_item_without_an_id_is_none(raw: Any) -> None:
    with pytest.raises(BadDocument, match="item"):
        read_item(raw)


@given(st.dictionaries(st.sampled_from(list(inventory_item())), json_values))
def test_no_values_make_it_stumble(changes: dict[str, Any]) -> None:
    raw = parse(json.dumps(inventory_item() | changes, default=float).encode())
    for record in (
        read_item,
        lambda raw: records.account(as_text(raw)),
        lambda raw: records.company(raw, "1", None),
    ):
        try:
            record(raw)
        except BadDocument as problem:
            assert str(problem)


def read_list(documents: list[dict[str, Any]]) -> list[RemoteItem]:
    """The records of a list of items' documents."""
    text, rows = as_text(documents), [as_text(document) for document in documents]
    return records.items(text, rows, records.identities(text, rows, "item"))


@given(st.lists(st.dictionaries(st.sampled_from(list(inventory_item())), json_values), max_size=4))
def test_a_list_reads_as_its_items_do(changes: list[dict[str, Any]]) -> None:
    documents = [
        parse(json.dumps(inventory_item() | each | {"Id": str(number)}, default=float).encode())
        for number, each in enumerate(changes)
    ]

    def outcome(read: Callable[[], list[RemoteItem]]) -> list[RemoteItem] | str:
        try:
            return read()
        except BadDocument as problem:
            return str(problem)

    assert outcome(lambda: read_list(documents)) == outcome(lambda: list(map(read_item, documents)))


def test_in_a_list_the_odd_item_is_named() -> None:
    documents = [inventory_item(), inventory_item(Id="6", Sku=42), inventory_item(Id="7")]
    with pytest.raises(BadDocument, match="in item 6 Sku should be text and is a number"):
        read_list(documents)
    with pytest.raises(BadDocument, match="in item 6 the UnitPrice is impossible"):
        read_list([inventory_item(), inventory_item(Id="6", UnitPrice=10**12)])
    with pytest.raises(BadDocument, match="an item without a proper Id"):
        read_list([inventory_item(), inventory_item(Id="")])


def test_recorded_items_are_understood() -> None:
    rows = parse((SAMPLES / "entity-items-service.json").read_bytes())
    items = [read_item(row) for row in rows]
    assert [(item.external_id, item.name, item.unit_price) for item in items] == [
        ("3", "Concrete", Decimal(0)),
        ("8", "Lighting", Decimal(0)),
        ("9", "Maintenance & Repair", Decimal(0)),
        ("10", "Pest Control", Decimal(35)),
    ]
    assert {item.item_type for item in items} == {ItemType.SERVICE}


def test_a_recorded_account_is_understood() -> None:
    account = records.account(as_text(parse((SAMPLES / "account-deactivated.json").read_bytes())["Account"]))
    assert (account.external_id, account.name, account.account_type) == ("5", "Fees Billed", "Income")
    assert (account.active, account.currency, account.number) == (False, "USD", None)


def test_a_recorded_company_is_understood() -> None:
    raw = parse((SAMPLES / "entity-companyinfo.json").read_bytes())
    company = records.company(raw, "1234567890", "USD")
    assert company.external_id == "1234567890"
    assert (company.name, company.country, company.time_zone) == ("Sandbox Company_US_4", "US", None)


def test_a_currency_is_three_letters_or_unknown() -> None:
    assert records.home_currency({"CurrencyPrefs": {"HomeCurrency": {"value": "EUR"}}}) == "EUR"
    assert records.home_currency(parse((SAMPLES / "entity-preferences-partial.json").read_bytes())) is None
    section = {"HomeCurrency": {"value": "euros"}}
    odd_ones: list[Any] = [None, [], {}, {"CurrencyPrefs": []}, {"CurrencyPrefs": section}]
    for odd in odd_ones:
        assert records.home_currency(odd) is None
