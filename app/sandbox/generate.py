"""Any number of items for tests, quickly and always the same."""

from decimal import Decimal

from app.sandbox.company import Company
from app.sandbox.records import Record
from app.sandbox.seed import demo_companies
from app.sandbox.tables import Table

KINDS = (*["Inventory"] * 6, *["NonInventory"] * 2, "Service", "Group")
"""Of ten items in a row, in Id order."""
_META = {"CreateTime": "2026-01-05T09:00:00-08:00", "LastUpdatedTime": "2026-01-05T09:00:00-08:00"}
_INCOME = {"value": "12", "name": "Sales of Product Income"}
_COST = {"value": "17", "name": "Cost of Goods Sold"}
_ASSET = {"value": "3", "name": "Inventory Asset"}


def generated_companies(count: int) -> list[Company]:
    """The demo's companies with `count` generated items each in place of their catalogues.

    Every hundredth item is inactive, every seventh has no SKU, every fifth a price with seven decimals.
    """
    companies = demo_companies()
    for company in companies:
        company.items = Table(generated_items(count))
    return companies


def generated_items(count: int) -> list[Record]:
    """Items 1 to `count`, in Id order."""
    return [_item(number) for number in range(1, count + 1)]


def stocked_items(count: int, shift: int) -> list[Record]:
    """Items 1 to `count`, all of them active inventory, each with `shift` more on hand."""
    return [_item(number, "Inventory", active=True, shift=shift) for number in range(1, count + 1)]


def _item(number: int, kind: str | None = None, *, active: bool | None = None, shift: int = 0) -> Record:
    kind = kind or KINDS[number % 10]
    active = number % 100 != 0 if active is None else active
    name = f"Part {number:06d}" if active else f"Part {number:06d} (deleted)"
    price = (
        Decimal(number * 1_000_003 % 9_999_999_999).scaleb(-7)
        if number % 5 == 0
        else Decimal(number % 9_900).scaleb(-2)
    )
    item: Record = {
        "Name": name,
        "Description": f"Generated part {number}",
        "Active": active,
        "FullyQualifiedName": name,
        "Taxable": True,
        "UnitPrice": price,
        "Type": kind,
        "PurchaseCost": Decimal(number % 4_900).scaleb(-2),
        "TrackQtyOnHand": kind == "Inventory",
        "domain": "QBO",
        "sparse": False,
        "Id": str(number),
        "SyncToken": "0",
        "MetaData": _META,
    }
    if number % 7:
        item["Sku"] = f"P-{number:06d}"
    if kind != "Group":
        item["IncomeAccountRef"] = _INCOME
    if kind in ("Inventory", "NonInventory"):
        item["ExpenseAccountRef"] = _COST
    if kind == "Inventory":
        item |= {"AssetAccountRef": _ASSET, "QtyOnHand": number % 250 + shift, "InvStartDate": "2026-01-01"}
    return item
