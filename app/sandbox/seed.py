"""The companies with which a sandbox starts, always the same."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app.sandbox.company import Company
from app.sandbox.records import DOLLAR, Record, meta_data, reference, stamp, without_blanks
from app.sandbox.tables import Table

WORKSHOP_REALM = "9130357849031276"
POTTERY_REALM = "9130357850112498"

_DATA = Path(__file__).parent / "data"
_OPENED = datetime(2025, 11, 3, 17, 30, tzinfo=UTC)
"""When the first record was entered; each further one a little later."""


def demo_companies() -> list[Company]:
    """The workshop of the demo, and a pottery for those who connect two companies."""
    workshop = company_info("Alder & Finch Woodworks", "1410 SE Division St", "Portland", "OR", "97202")
    pottery = company_info("Second Street Pottery", "212 Second Street", "Port Townsend", "WA", "98368")
    return [_company(WORKSHOP_REALM, workshop, "workshop"), _company(POTTERY_REALM, pottery, "pottery")]


def _company(realm: str, info: Record, folder: str) -> Company:
    company = Company(realm, info, preferences(), Table(), Table(), Table())
    for index, row in enumerate(_rows(_DATA / "accounts.csv")):
        company.accounts.put(_account(company, row, index))
    for index, row in enumerate(_rows(_DATA / "vendors.csv")):
        company.vendors.put(_vendor(company, row, index))
    for index, row in enumerate(_rows(_DATA / f"{folder}.csv")):
        company.items.put(_item(company, row, index))
    return company


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def company_info(name: str, street: str, city: str, region: str, postcode: str) -> Record:
    """The CompanyInfo of an American company on QuickBooks Online Plus."""
    address = {
        "Line1": street,
        "City": city,
        "CountrySubDivisionCode": region,
        "PostalCode": postcode,
        "Country": "US",
    }
    return {
        "CompanyName": name,
        "LegalName": f"{name} LLC",
        "CompanyAddr": address | {"Id": "1"},
        "CustomerCommunicationAddr": address | {"Id": "1"},
        "LegalAddr": address | {"Id": "1"},
        "PrimaryPhone": {"FreeFormNumber": "(503) 555-0160"},
        "CompanyStartDate": "2025-11-03",
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": "books@example.com"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": [
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
            {"Name": "IndustryType", "Value": "Manufacturing"},
        ],
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "4",
        "MetaData": {
            "CreateTime": "2025-11-03T09:12:44-08:00",
            "LastUpdatedTime": "2026-02-14T16:03:20-08:00",
        },
    }


def preferences() -> Record:
    """Preferences of a company that tracks quantities, in its home currency only."""
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": True,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "QuantityOnHand": True,
            "QuantityWithPriceAndRate": True,
            "ForSales": True,
            "ForPurchase": True,
        },
        "SalesFormsPrefs": {"CustomTxnNumbers": False, "AllowDiscount": True, "AllowShipping": True},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "TaxPrefs": {"UsingSalesTax": True},
        "OtherPrefs": {"NameValue": [{"Name": "WarnDuplicateJournalNumber", "Value": "false"}]},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "2",
        "MetaData": {
            "CreateTime": "2025-11-03T09:12:44-08:00",
            "LastUpdatedTime": "2026-01-20T11:41:09-08:00",
        },
    }


def _account(company: Company, row: dict[str, str], index: int) -> Record:
    parent = company.accounts.get(row["parent"])
    balance = _number(row["balance"])
    return without_blanks(
        {
            "Name": row["name"],
            "SubAccount": parent is not None,
            "ParentRef": {"value": row["parent"]} if parent else None,
            "FullyQualifiedName": f"{parent['FullyQualifiedName']}:{row['name']}" if parent else row["name"],
            "Active": row["active"] == "yes",
            "Classification": row["classification"],
            "AccountType": row["type"],
            "AccountSubType": row["subtype"],
            "AcctNum": row["number"],
            "CurrentBalance": balance,
            "CurrentBalanceWithSubAccounts": balance,
            "CurrencyRef": DOLLAR,
        }
        | _tail(company, row["id"], index)
    )


def _vendor(company: Company, row: dict[str, str], index: int) -> Record:
    address = without_blanks(
        {
            "Line1": row["street"],
            "City": row["city"],
            "CountrySubDivisionCode": row["region"],
            "PostalCode": row["postcode"],
        }
    )
    return without_blanks(
        {
            "BillAddr": address | {"Id": str(30 + index)} if address else None,
            "Balance": 0,
            "AcctNum": row["number"],
            "Vendor1099": False,
            "CurrencyRef": DOLLAR,
        }
        | _tail(company, row["id"], index)
        | {
            "GivenName": row["given"],
            "FamilyName": row["family"],
            "CompanyName": row["name"].removesuffix(" (deleted)"),
            "DisplayName": row["name"],
            "PrintOnCheckName": row["name"].removesuffix(" (deleted)"),
            "Active": row["active"] == "yes",
            "PrimaryPhone": {"FreeFormNumber": row["phone"]} if row["phone"] else None,
            "PrimaryEmailAddr": {"Address": row["email"]} if row["email"] else None,
        }
    )


def _item(company: Company, row: dict[str, str], index: int) -> Record:
    parent = company.items.get(row["parent"])
    vendor = company.vendors.get(row["vendor"])
    kind = row["type"]
    return without_blanks(
        {
            "Name": row["name"],
            "Sku": row["sku"],
            "Description": row["description"],
            "Active": row["active"] == "yes",
            "SubItem": True if parent else None,
            "ParentRef": reference(parent) if parent else None,
            "Level": parent.get("Level", 0) + 1 if parent else None,
            "FullyQualifiedName": f"{parent['FullyQualifiedName']}:{row['name']}" if parent else row["name"],
            "Taxable": None if kind == "Category" else kind != "Service",
            "UnitPrice": _number(row["price"]),
            "Type": kind,
            "IncomeAccountRef": _account_reference(company, row["income"]),
            "PurchaseDesc": row["description"] if vendor else None,
            "PurchaseCost": _number(row["cost"]),
            "ExpenseAccountRef": _account_reference(company, row["expense"]),
            "AssetAccountRef": _account_reference(company, "3") if kind == "Inventory" else None,
            "PrefVendorRef": reference(vendor, "DisplayName") if vendor else None,
            "ReorderPoint": _number(row["reorder"]),
            "TrackQtyOnHand": None if kind == "Category" else kind == "Inventory",
            "QtyOnHand": _number(row["quantity"]),
            "InvStartDate": stamp(_OPENED, company.zone)[:10] if kind == "Inventory" else None,
        }
        | _group(company, row["contents"])
        | _tail(company, row["id"], index)
    )


def _group(company: Company, contents: str) -> Record:
    """The lines of a bundle, written as `id*quantity` with blanks between."""
    lines = []
    for line in contents.split():
        identifier, _, quantity = line.partition("*")
        item = company.items.get(identifier) or {}
        lines.append({"ItemRef": reference(item) | {"type": item["Type"]}, "Qty": _number(quantity)})
    return {"PrintGroupedItems": True, "ItemGroupDetail": {"ItemGroupLine": lines}} if lines else {}


def _account_reference(company: Company, identifier: str) -> Record | None:
    account = company.accounts.get(identifier)
    return reference(account, "FullyQualifiedName") if account else None


def _tail(company: Company, identifier: str, index: int) -> Record:
    entered = _OPENED + timedelta(minutes=11 * index)
    changes = index * 7 % 5
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": identifier,
        "SyncToken": str(changes),
        "MetaData": meta_data(entered, entered + timedelta(days=23 * changes), company.zone),
    }


def _number(text: str) -> Decimal | int | None:
    """None for an empty cell. Whole numbers carry no decimal point, as with Intuit."""
    if not text:
        return None
    return Decimal(text) if "." in text else int(text)
