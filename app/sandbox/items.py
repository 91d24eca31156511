"""Changing items as a bookkeeper does inside QuickBooks, with the traces such a change leaves.

A change through a form raises SyncToken and LastUpdatedTime. A changed quantity alone moves only
LastUpdatedTime: it stands for a sale or an adjustment, which touches the item without changing its form.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from app.sandbox.company import Company
from app.sandbox.records import INACTIVE_MARK, Record, meta_data, now, stamp, without_blanks

TYPES = ("Inventory", "NonInventory", "Service", "Group", "Category")
NUMBERS = ("UnitPrice", "PurchaseCost", "QtyOnHand", "ReorderPoint")
TEXT_LIMITS = {"Name": 100, "Sku": 100, "Description": 4000, "PurchaseDesc": 1000}
_READ_ONLY = {"Id", "SyncToken", "MetaData", "FullyQualifiedName", "domain", "sparse", "Level"}


class ItemRefused(Exception):
    """QuickBooks would not save this item. `code` is Intuit's fault code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def add_item(company: Company, fields: Record) -> Record:
    """A new item with these attributes (Intuit's names) is in the company; `Id` only to choose it.

    Raises ItemRefused.
    """
    identifier = str(fields.get("Id") or company.items.next_id())
    if not (identifier.isascii() and identifier.isdigit()):
        raise ItemRefused("2030", f"Id should be a valid number. Supplied value:{identifier}")
    kind = fields.get("Type", "Inventory")
    at = now()
    blank: Record = {"Name": "", "Active": True, "Taxable": kind != "Category", "Type": kind}
    blank |= {"TrackQtyOnHand": kind == "Inventory", "QtyOnHand": 0 if kind == "Inventory" else None}
    blank |= _accounts(company, kind)
    chosen = _checked(fields)
    tail = {
        "domain": "QBO",
        "sparse": False,
        "Id": identifier,
        "SyncToken": "0",
        "MetaData": meta_data(at, at, company.zone),
    }
    return _store(company, blank | chosen | tail)


def change_item(company: Company, identifier: str, fields: Record) -> Record:
    """The item has the given attributes, others as before; None or an empty text clears one.

    Raises ItemRefused, also for an unknown item.
    """
    before = _known(company, identifier)
    unmarked = before | {"Name": before["Name"].removesuffix(INACTIVE_MARK)}
    changes = {name: value for name, value in _checked(fields).items() if unmarked.get(name) != value}
    if not changes:
        return before
    changed = before | changes
    if set(changes) != {"QtyOnHand"}:
        changed["SyncToken"] = str(int(before["SyncToken"]) + 1)
    changed["MetaData"] = before["MetaData"] | {"LastUpdatedTime": stamp(now(), company.zone)}
    return _store(company, changed)


def delete_item(company: Company, identifier: str) -> None:
    """The item is gone without a trace, as after a merge. Raises ItemRefused for an unknown one."""
    _known(company, identifier)
    company.items.remove(identifier)


def _known(company: Company, identifier: str) -> Record:
    item = company.items.get(identifier)
    if item is None:
        raise ItemRefused("610", f"Object Not Found : there is no item {identifier}")
    return item


def _checked(fields: Record) -> Record:
    """The attributes that may be written, each in its own type."""
    kind = fields.get("Type")
    if kind is not None and kind not in TYPES:
        raise ItemRefused("2170", f"Invalid enumeration value : {kind}")
    written = {name: value for name, value in fields.items() if name not in _READ_ONLY}
    checked = {name: None if value == "" else value for name, value in written.items()}
    for name in NUMBERS:
        if name in checked:
            checked[name] = _number(name, checked[name])
    for name, longest in TEXT_LIMITS.items():
        value = checked.get(name)
        if isinstance(value, str) and len(value) > longest:
            raise ItemRefused("2050", f"{name} is too long: at most {longest} characters")
    return checked


def _number(name: str, value: Any) -> Decimal | int | None:
    if value is None or isinstance(value, int):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ItemRefused("2090", f"{name} is not a number: {value}")
    return number


def _accounts(company: Company, kind: str) -> Record:
    """The accounts that QuickBooks proposes for a new item of this kind."""
    wanted = {"IncomeAccountRef": "SalesOfProductIncome"}
    if kind == "Service":
        wanted = {"IncomeAccountRef": "ServiceFeeIncome"}
    if kind in ("Inventory", "NonInventory"):
        wanted["ExpenseAccountRef"] = "SuppliesMaterialsCogs"
    if kind == "Inventory":
        wanted["AssetAccountRef"] = "Inventory"
    if kind in ("Group", "Category"):
        wanted = {}
    by_subtype: dict[str, Record] = {}
    for account in company.accounts.all():
        by_subtype.setdefault(account["AccountSubType"], account)
    found = {name: by_subtype.get(subtype) for name, subtype in wanted.items()}
    return {name: {"value": a["Id"], "name": a["FullyQualifiedName"]} for name, a in found.items() if a}


def _store(company: Company, item: Record) -> Record:
    before = company.items.get(item["Id"]) or {}
    item = without_blanks(_placed(company, _named(item)))
    if any(item.get(name) != before.get(name) for name in ("FullyQualifiedName", "Active")):
        _refuse_bad_name(company, item)
    company.items.put(item)
    if before and item["FullyQualifiedName"] != before["FullyQualifiedName"]:
        _rename_children(company, item)
    return item


def _named(item: Record) -> Record:
    """The item with its name marked when inactive and unmarked when active."""
    name = str(item.get("Name") or "").removesuffix(INACTIVE_MARK).strip()
    return item | {"Name": name if item["Active"] else name + INACTIVE_MARK}


def _placed(company: Company, item: Record) -> Record:
    """The item with the attributes that say where it stands among its parents."""
    parent_reference = item.get("ParentRef")
    if not parent_reference:
        return item | {"FullyQualifiedName": item["Name"]}
    parent = _known(company, parent_reference["value"])
    return item | {
        "SubItem": True,
        "ParentRef": {"value": parent["Id"], "name": parent["Name"]},
        "Level": parent.get("Level", 0) + 1,
        "FullyQualifiedName": f"{parent['FullyQualifiedName']}:{item['Name']}",
    }


def _refuse_bad_name(company: Company, item: Record) -> None:
    name = item.get("Name", "")
    if not name or any(sign in name for sign in "\t\n\r:"):
        raise ItemRefused("2040", "The name is missing, or holds a tab, a line break or a colon")
    if not item["Active"]:
        return
    full_name = item["FullyQualifiedName"].casefold()
    by_name = company.items.listing("active names", _active_names)[0]
    if by_name.get(full_name, item["Id"]) != item["Id"]:
        raise ItemRefused("6240", f"The name supplied already exists. : {item['FullyQualifiedName']}")


def _active_names(rows: list[Record]) -> list[Record]:
    return [{row["FullyQualifiedName"].casefold(): row["Id"] for row in rows if row["Active"]}]


def _rename_children(company: Company, parent: Record) -> None:
    """Full names below a renamed item follow it; nothing else of the children changes."""
    for child in company.items.all():
        if (child.get("ParentRef") or {}).get("value") == parent["Id"]:
            company.items.put(without_blanks(_placed(company, child)))
            _rename_children(company, company.items.get(child["Id"]) or child)
