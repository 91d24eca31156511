from __future__ import annotations

from collections import Counter
from decimal import Decimal

from app.sandbox.generate import generated_items
from app.sandbox.seed import demo_companies


def test_the_workshop_sells_what_a_small_maker_sells() -> None:
    items = demo_companies()[0].items.all()
    assert len(items) == 250
    assert set(Counter(item["Type"] for item in items)) == {
        "Inventory",
        "NonInventory",
        "Service",
        "Group",
        "Category",
    }


def test_the_catalogue_has_the_oddities_of_real_ones() -> None:
    items = demo_companies()[0].items.all()
    stocked = [item for item in items if item["Type"] == "Inventory"]
    assert all(item["Name"].endswith(" (deleted)") != item["Active"] for item in items)
    assert any("Sku" not in item for item in stocked)
    assert [sku for sku, n in Counter(item.get("Sku") for item in items).items() if sku and n > 1] == ["BX-M"]
    same_name = [item["FullyQualifiedName"] for item in items if item["Name"] == "Mixed Offcuts"]
    assert same_name == ["Wood:Boards:Mixed Offcuts", "Wood:Turning Blanks:Mixed Offcuts"]
    assert {"negative", "zero", "fraction"} <= {_sort(item["QtyOnHand"]) for item in stocked}
    assert any("UnitPrice" not in item for item in items)
    assert any(_decimals(item.get("PurchaseCost", 0)) == 7 for item in items)
    assert any(not item["Name"].isascii() for item in items)


def _sort(quantity: Decimal | int) -> str:
    if quantity <= 0:
        return "negative" if quantity < 0 else "zero"
    return "fraction" if quantity != int(quantity) else "whole"


def _decimals(number: Decimal | int) -> int:
    return -Decimal(number).as_tuple().exponent  # type: ignore[operator]


def test_names_are_unique_among_active_siblings_and_references_lead_somewhere() -> None:
    for company in demo_companies():
        items = company.items.all()
        names = [item["FullyQualifiedName"].casefold() for item in items if item["Active"]]
        assert len(names) == len(set(names))
        for item in items:
            for name, table in (
                ("ParentRef", company.items),
                ("IncomeAccountRef", company.accounts),
                ("ExpenseAccountRef", company.accounts),
                ("AssetAccountRef", company.accounts),
                ("PrefVendorRef", company.vendors),
            ):
                assert name not in item or table.get(item[name]["value"]) is not None
            for line in item.get("ItemGroupDetail", {}).get("ItemGroupLine", []):
                assert company.items.get(line["ItemRef"]["value"])["Type"] == line["ItemRef"]["type"]


def test_the_demo_is_always_the_same() -> None:
    first, second = demo_companies(), demo_companies()
    assert [company.items.all() for company in first] == [company.items.all() for company in second]


def test_generated_items_are_as_many_as_asked_for_and_of_all_sorts() -> None:
    items = generated_items(2500)
    assert [item["Id"] for item in items] == [str(number) for number in range(1, 2501)]
    assert Counter(item["Type"] for item in items) == {
        "Inventory": 1500,
        "NonInventory": 500,
        "Service": 250,
        "Group": 250,
    }
    assert sum(not item["Active"] for item in items) == 25
