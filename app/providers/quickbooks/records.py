"""QuickBooks' documents as neutral records; what cannot be understood raises BadDocument, naming the record.

Any attribute but the id may be missing: QuickBooks leaves out what is empty (section 2). A record with a
wrong type in it, or a name far beyond QuickBooks' own bounds, is not guessed at.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct
from msgspec.json import Decoder

from app.foundation.money import COST_PLACES, QUANTITY_PLACES
from app.providers.base import ItemType, RemoteAccount, RemoteCompany, RemoteItem
from app.providers.documents import BadDocument, fitted, read

Id = Annotated[str, Meta(min_length=1, max_length=50)]
Name = Annotated[str, Meta(max_length=200)]
"""QuickBooks allows 100 characters for names and SKUs, and appends to the names of inactive records."""
FullName = Annotated[str, Meta(max_length=1100)]
"""Five levels of names."""

DELETED = " (deleted)"

# Rounds, and refuses what has more digits than the columns numeric(18, 6) and numeric(18, 4) take.
_to_places = Context(prec=18, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation]).quantize

_TYPES = {
    "Inventory": ItemType.INVENTORY,
    "NonInventory": ItemType.NON_INVENTORY,
    "Service": ItemType.SERVICE,
    "Group": ItemType.BUNDLE,
}
_OTHER = ItemType.OTHER


class _Identified(Struct, rename="pascal"):
    id: Id


class _Reference(Struct):
    value: Annotated[str, Meta(max_length=50)] | None = None


class _Named(Struct, rename="pascal"):
    name: Name | None = None
    fully_qualified_name: FullName | None = None
    active: bool = True


class _Item(_Named, rename="pascal"):
    sku: Name | None = None
    type: str | None = None
    unit_price: Decimal | None = None
    purchase_cost: Decimal | None = None
    qty_on_hand: Decimal | None = None
    income_account_ref: _Reference | None = None
    expense_account_ref: _Reference | None = None
    asset_account_ref: _Reference | None = None


class _Account(_Named, rename="pascal"):
    account_type: Name | None = None
    acct_num: Name | None = None
    currency_ref: _Reference | None = None


class _Company(Struct, rename="pascal"):
    company_name: FullName | None = None
    legal_name: FullName | None = None
    country: Name | None = None
    default_time_zone: Name | None = None


class _Currency(Struct, rename="pascal"):
    home_currency: _Reference | None = None


class _Preferences(Struct, rename="pascal"):
    currency_prefs: _Currency | None = None


_IDENTIFIED, _ACCOUNT = Decoder(_Identified), Decoder(_Account)
_ITEM, _ITEMS, _ALL_IDENTIFIED = Decoder(_Item), Decoder(list[_Item]), Decoder(list[_Identified])


def identity(text: Raw, kind: str) -> str:
    """The id of a record."""
    try:
        return read(text, _IDENTIFIED).id
    except BadDocument:
        raise BadDocument(f"it has an {kind} without a proper Id") from None


def identities(text: Raw, rows: list[Raw], kind: str) -> list[str]:
    """The ids of the records of a list, given as its own text and as theirs; see `items`."""
    try:
        found: list[_Identified] = read(text, _ALL_IDENTIFIED)
    except BadDocument:
        return [identity(row, kind) for row in rows]
    return [each.id for each in found]


def item(text: Raw, external_id: str) -> RemoteItem:
    """The item with that id; `Group` is a bundle (CON-11), categories and types yet unknown are other."""
    try:
        return _item(read(text, _ITEM), external_id)
    except BadDocument as problem:
        raise BadDocument(f"in item {external_id} {problem}") from None


def items(text: Raw, rows: list[Raw], external_ids: list[str]) -> list[RemoteItem]:
    """The items of a list, given as its own text and as theirs; read at once, unless one of them is odd."""
    try:
        found: list[_Item] = read(text, _ITEMS)
        return list(map(_item, found, external_ids))
    except BadDocument:
        return list(map(item, rows, external_ids))


def account(text: Raw) -> RemoteAccount:
    """An account of the chart."""
    external_id = identity(text, "account")
    try:
        found = read(text, _ACCOUNT)
        name, full_name = _names(found)
    except BadDocument as problem:
        raise BadDocument(f"in account {external_id} {problem}") from None
    return RemoteAccount(
        external_id=external_id,
        name=name,
        full_name=full_name,
        account_type=_trimmed(found.account_type) or "",
        number=_trimmed(found.acct_num),
        active=found.active,
        currency=_target(found.currency_ref),
    )


def company(document: Any, realm: str, currency: str | None) -> RemoteCompany:
    """The company; its id is the realm, since the document's own is always 1."""
    try:
        found = fitted(document, _Company)
    except BadDocument as problem:
        raise BadDocument(f"in the company {problem}") from None
    name = _trimmed(found.company_name) or _trimmed(found.legal_name)
    if not name:
        raise BadDocument("in the company there is no CompanyName")
    return RemoteCompany(
        external_id=realm,
        name=name,
        currency=currency,
        country=_trimmed(found.country),
        time_zone=_trimmed(found.default_time_zone),
    )


def home_currency(document: Any) -> str | None:
    """The currency of the books, such as USD; None where the preferences do not say."""
    try:
        section = fitted(document, _Preferences).currency_prefs
    except BadDocument:
        return None
    code = _target(section.home_currency) if section else None
    return code if code and len(code) == 3 and code.isascii() and code.isalpha() else None


def _item(found: _Item, external_id: str) -> RemoteItem:
    name, full_name = _names(found)
    return RemoteItem._make(
        (
            external_id,
            name,
            full_name,
            _trimmed(found.sku),
            _TYPES.get(found.type or "", _OTHER),
            found.active,
            _rounded(found.unit_price, COST_PLACES, "UnitPrice"),
            _rounded(found.purchase_cost, COST_PLACES, "PurchaseCost"),
            _rounded(found.qty_on_hand, QUANTITY_PLACES, "QtyOnHand"),
            _target(found.income_account_ref),
            _target(found.expense_account_ref),
            _target(found.asset_account_ref),
        )
    )


def _names(record: _Named) -> tuple[str, str]:
    """The name and the full name, each from the other where missing, without the mark of the inactive."""
    name = _trimmed(record.name)
    full_name = _trimmed(record.fully_qualified_name) or name
    name = name or (full_name or "").rpartition(":")[2]
    if not name or not full_name:
        raise BadDocument("there is no Name")
    if record.active:
        return name, full_name
    return name.removesuffix(DELETED), full_name.removesuffix(DELETED)


def _trimmed(text: str | None) -> str | None:
    """None for nothing but blanks."""
    return (text.strip() or None) if text else None


def _target(reference: _Reference | None) -> str | None:
    """The id that a reference points to."""
    return (reference.value or None) if reference else None


def _rounded(value: Decimal | None, places: Decimal, name: str) -> Decimal | None:
    """The number rounded half to even at `places`; one that the database could not keep is refused."""
    if value is None:
        return None
    try:
        rounded = _to_places(value, places)
    except InvalidOperation:
        raise BadDocument(f"the {name} is impossible") from None
    if rounded.is_nan():
        raise BadDocument(f"the {name} is no number")
    return rounded or abs(rounded)  # no negative zero
