"""What the query language knows of each entity: its attributes, and which may be filtered and sorted by."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an attribute's values compare."""

    text = "text"
    identifier = "identifier"
    number = "number"
    boolean = "boolean"
    instant = "instant"


@dataclass(frozen=True)
class Entity:
    """One entity of the company, named as the query language and the addresses name it."""

    name: str
    filterable: dict[str, Kind]
    sortable: dict[str, Kind]
    plain: tuple[str, ...]
    """Attributes that can be asked for but neither filtered nor sorted by."""
    natural_order: str
    """Attribute by which rows come when no order is asked for; never the Id, as with Intuit."""

    @property
    def has_active(self) -> bool:
        return "Active" in self.filterable

    def attribute(self, written: str) -> str | None:
        """The attribute's own spelling, however it is written; None for one that does not exist."""
        known = (*self.filterable, *self.sortable, *self.plain)
        return {name.lower(): name for name in known}.get(written.lower())


_COMMON = {
    "Id": Kind.identifier,
    "Active": Kind.boolean,
    "MetaData.CreateTime": Kind.instant,
    "MetaData.LastUpdatedTime": Kind.instant,
}
_PLAIN = ("SyncToken", "MetaData", "domain", "sparse")

ITEM = Entity(
    name="Item",
    filterable=_COMMON | dict.fromkeys(("Name", "Type", "Sku", "FullyQualifiedName"), Kind.text),
    sortable={"Id": Kind.identifier, "Name": Kind.text, "Type": Kind.text, "UnitPrice": Kind.number},
    plain=(
        *_PLAIN,
        *("Description", "SubItem", "ParentRef", "Level", "Taxable", "IncomeAccountRef", "PurchaseDesc"),
        *("PurchaseCost", "ExpenseAccountRef", "AssetAccountRef", "PrefVendorRef", "ReorderPoint"),
        *("TrackQtyOnHand", "QtyOnHand", "InvStartDate", "PrintGroupedItems", "ItemGroupDetail"),
    ),
    natural_order="FullyQualifiedName",
)
ACCOUNT = Entity(
    name="Account",
    filterable=_COMMON
    | dict.fromkeys(
        ("Name", "FullyQualifiedName", "Classification", "AccountType", "AccountSubType", "AcctNum"),
        Kind.text,
    ),
    sortable={
        "Id": Kind.identifier,
        "Name": Kind.text,
        "AccountType": Kind.text,
        "Classification": Kind.text,
    },
    plain=(
        *_PLAIN,
        *("Description", "SubAccount", "ParentRef", "CurrencyRef"),
        *("CurrentBalance", "CurrentBalanceWithSubAccounts"),
    ),
    natural_order="FullyQualifiedName",
)
VENDOR = Entity(
    name="Vendor",
    filterable=_COMMON
    | dict.fromkeys(("DisplayName", "CompanyName", "GivenName", "FamilyName", "PrintOnCheckName"), Kind.text),
    sortable={
        "Id": Kind.identifier,
        "DisplayName": Kind.text,
        "CompanyName": Kind.text,
        "Balance": Kind.number,
    },
    plain=(
        *_PLAIN,
        *("AcctNum", "Vendor1099", "CurrencyRef", "PrimaryPhone", "PrimaryEmailAddr", "WebAddr", "BillAddr"),
    ),
    natural_order="DisplayName",
)
COMPANY_INFO = Entity(
    name="CompanyInfo",
    filterable={name: kind for name, kind in _COMMON.items() if name != "Active"},
    sortable={"Id": Kind.identifier},
    plain=(
        *_PLAIN,
        *("CompanyName", "LegalName", "CompanyAddr", "Country", "FiscalYearStartMonth", "CompanyStartDate"),
        *("Email", "PrimaryPhone", "WebAddr", "SupportedLanguages", "DefaultTimeZone", "NameValue"),
    ),
    natural_order="CompanyName",
)

ENTITIES = {entity.name.lower(): entity for entity in (ITEM, ACCOUNT, VENDOR, COMPANY_INFO)}
