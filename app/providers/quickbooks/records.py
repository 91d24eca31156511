"""QuickBooks' documents as neutral records; what cannot be understood raises BadDocument, naming the record.

Any attribute but the id may be missing: QuickBooks leaves out what is empty (section 2). A record with a
wrong type in it, or a name far beyond QuickBooks' own bounds, is not guessed at.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from app.foundation.money import COST_PLACES, QUANTITY_PLACES
from app.providers.base import ItemType, RemoteAccount, RemoteCompany, RemoteItem
from app.providers.documents import BadDocument, Row

LONGEST_ID = 50
LONGEST_NAME = 200
"""QuickBooks allows 100 characters for names and SKUs, and appends to the names of inactive records."""
LONGEST_FULL_NAME = 1100
"""Five levels of names."""

DELETED = " (deleted)"

# Rounds, and refuses what has more digits than the columns numeric(18, 6) and numeric(18, 4) take.
_COLUMN = Context(prec=18, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])

_TYPES = {
    "Inventory": ItemType.INVENTORY,
    "NonInventory": ItemType.NON_INVENTORY,
    "Service": ItemType.SERVICE,
    "Group": ItemType.BUNDLE,
}

Record = dict[str, Any]


def item(row: Row, external_id: str) -> RemoteItem:
    """The item with that id; `Group` is a bundle (CON-11), categories and types yet unknown are other."""
    try:
        get = row.document.get
        active = _active(get("Active", True))
        name = _text(get("Name"), LONGEST_NAME, "Name")
        full_name = _text(get("FullyQualifiedName"), LONGEST_FULL_NAME, "FullyQualifiedName") or name
        name = name or (full_name or "").rpartition(":")[2]
        if not name or not full_name:
            raise BadDocument("there is no Name")
        if not active:
            name, full_name = name.removesuffix(DELETED), full_name.removesuffix(DELETED)
        return RemoteItem._make(
            (
                external_id,
                name,
                full_name,
                _text(get("Sku"), LONGEST_NAME, "Sku"),
                _item_type(get("Type")),
                active,
                _decimal(get("UnitPrice"), COST_PLACES, "UnitPrice"),
                _decimal(get("PurchaseCost"), COST_PLACES, "PurchaseCost"),
                _decimal(get("QtyOnHand"), QUANTITY_PLACES, "QtyOnHand"),
                _reference(get("IncomeAccountRef"), "IncomeAccountRef"),
                _reference(get("ExpenseAccountRef"), "ExpenseAccountRef"),
                _reference(get("AssetAccountRef"), "AssetAccountRef"),
                row.text,
            )
        )
    except BadDocument as problem:
        raise BadDocument(f"in item {external_id} {problem}") from None


def account(raw: Any) -> RemoteAccount:
    """An account of the chart."""
    external_id = identity(raw, "account")
    try:
        active = _active(raw.get("Active", True))
        name = _text(raw.get("Name"), LONGEST_NAME, "Name")
        if not name:
            raise BadDocument("there is no Name")
        full_name = _text(raw.get("FullyQualifiedName"), LONGEST_FULL_NAME, "FullyQualifiedName") or name
        return RemoteAccount(
            external_id=external_id,
            name=name if active else name.removesuffix(DELETED),
            full_name=full_name if active else full_name.removesuffix(DELETED),
            account_type=_text(raw.get("AccountType"), LONGEST_NAME, "AccountType") or "",
            number=_text(raw.get("AcctNum"), LONGEST_NAME, "AcctNum"),
            active=active,
            currency=_reference(raw.get("CurrencyRef"), "CurrencyRef"),
        )
    except BadDocument as problem:
        raise BadDocument(f"in account {external_id} {problem}") from None


def company(raw: Any, realm: str, currency: str | None) -> RemoteCompany:
    """The company; its id is the realm, since the document's own is always 1."""
    if type(raw) is not dict:
        raise BadDocument("the company is not an object")
    try:
        name = _text(raw.get("CompanyName"), LONGEST_FULL_NAME, "CompanyName") or _text(
            raw.get("LegalName"), LONGEST_FULL_NAME, "LegalName"
        )
        if not name:
            raise BadDocument("there is no CompanyName")
        return RemoteCompany(
            external_id=realm,
            name=name,
            currency=currency,
            country=_text(raw.get("Country"), LONGEST_NAME, "Country"),
            time_zone=_text(raw.get("DefaultTimeZone"), LONGEST_NAME, "DefaultTimeZone"),
        )
    except BadDocument as problem:
        raise BadDocument(f"in the company {problem}") from None


def home_currency(preferences: Any) -> str | None:
    """The currency of the books, such as USD; None where the preferences do not say."""
    section = preferences.get("CurrencyPrefs") if type(preferences) is dict else None
    code = _reference(section.get("HomeCurrency"), "HomeCurrency") if type(section) is dict else None
    return code if code and len(code) == 3 and code.isascii() and code.isalpha() else None


def identity(raw: Any, kind: str) -> str:
    """The id of a record."""
    if type(raw) is not dict:
        raise BadDocument(f"it has something else where an {kind} should be")
    value = raw.get("Id")
    if type(value) is not str or not value or len(value) > LONGEST_ID:
        raise BadDocument(f"it has an {kind} without a proper Id")
    return value


def _active(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise BadDocument("Active is neither true nor false")


def _item_type(value: Any) -> ItemType:
    if value is None:
        return ItemType.OTHER
    if type(value) is str:
        return _TYPES.get(value, ItemType.OTHER)
    raise BadDocument("the Type is not text")


def _text(value: Any, longest: int, name: str) -> str | None:
    """Trimmed text; None for nothing but blanks."""
    if type(value) is str and len(value) <= longest:
        return value.strip() or None
    if value is None:
        return None
    if type(value) is not str:
        raise BadDocument(f"the {name} is not text")
    raise BadDocument(f"the {name} has {len(value)} characters")


def _reference(value: Any, name: str) -> str | None:
    """The id that a reference points to."""
    if value is None:
        return None
    if type(value) is dict:
        target = value.get("value")
        if type(target) is str and len(target) <= LONGEST_ID:
            return target or None
        if target is None:
            return None
    raise BadDocument(f"the {name} is no reference")


def _decimal(value: Any, places: Decimal, name: str) -> Decimal | None:
    """The number rounded half to even at `places`; one that the database could not keep is refused."""
    if value is None:
        return None
    if type(value) is not Decimal and type(value) is not int:
        raise BadDocument(f"the {name} is not a number")
    try:
        rounded = _COLUMN.quantize(value, places)
    except InvalidOperation:
        raise BadDocument(f"the {name} is impossible") from None
    return rounded or abs(rounded)  # no negative zero
