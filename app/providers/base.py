"""What every accounting system looks like from here: neutral records, and the questions it answers.

Numbers are exact decimals, never floats. Ids are the provider's own, as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class ItemType(StrEnum):
    """What kind of thing an item of the books is (CON-11)."""

    INVENTORY = "inventory"
    NON_INVENTORY = "non_inventory"
    SERVICE = "service"
    GROUP = "group"
    BUNDLE = "bundle"
    OTHER = "other"


class RemoteItem(NamedTuple):
    """An item as the books have it; a tuple, since a sync makes a hundred thousand of them.

    Prices are in the company's currency with exactly six decimals, quantities with exactly four, both rounded
    half to even from what the provider sent (design section 3), so that equal values are equal text. None:
    not stated.
    """

    external_id: str
    name: str
    full_name: str
    sku: str | None
    item_type: ItemType
    active: bool
    unit_price: Decimal | None
    purchase_cost: Decimal | None
    quantity_on_hand: Decimal | None
    income_account_id: str | None
    expense_account_id: str | None
    asset_account_id: str | None


class ItemPage(Protocol):
    """Up to a thousand items as they were listed; what an item says is read when it is asked for.

    Digests are sixteen bytes that stand for the provider's own text: whoever kept those of what it read
    before knows without reading that nothing has changed. Other text may still say the same.
    """

    @property
    def digest(self) -> bytes:
        """For the whole page."""

    @property
    def seen(self) -> bool:
        """Whether the page was among those that the caller had seen; then it has no items to ask for."""

    @property
    def listed(self) -> int:
        """How many rows were listed, an item that came twice counted twice; 0 for a page that was seen."""

    @property
    def external_ids(self) -> list[str]:
        """The items' ids, in the order of the listing."""

    @property
    def digests(self) -> list[bytes]:
        """One for each item, in the same order."""

    @property
    def documents(self) -> bytes:
        """The items' own documents, letter for letter but for characters that no database can keep.

        A JSON list in UTF-8, in the same order.
        """

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[RemoteItem]: ...

    def item(self, index: int) -> RemoteItem:
        """The item at this place of the page; raises MalformedResponse when it makes no sense."""


@dataclass(frozen=True, slots=True)
class RemoteCompany:
    """The company behind a connection; what the provider does not tell is None."""

    external_id: str
    name: str
    currency: str | None
    country: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """An account of the chart; `account_type` is the provider's word, `number` may not be in use."""

    external_id: str
    name: str
    full_name: str
    account_type: str
    number: str | None
    active: bool
    currency: str | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; callers ask this and never for the provider's name."""

    quantity_adjustments: bool
    item_quantities: bool
    """Whether its items say how many there are, so that an import can bring the stock along (OQ-11)."""
    popup: bool
    item_types: tuple[ItemType, ...]
    default_item_types: tuple[ItemType, ...]


class ProviderSettings(Protocol):
    """Where a provider is reached and who we are there; `config.ProviderSettings` is one."""

    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def authorize_url(self) -> str: ...
    @property
    def token_url(self) -> str: ...
    @property
    def revoke_url(self) -> str: ...
    @property
    def api_url(self) -> str: ...


class Throttle(Protocol):
    """Keeps all processes together under a provider's limits."""

    def slot(self, wait: Callable[[float], None] = ...) -> AbstractContextManager[None]:
        """The block runs when its turn has come; `wait` is how to pass the seconds until then."""


NOTHING_SEEN: Mapping[bytes, int] = {}


class AccountingProvider(Protocol):
    """One company's books. Every method may raise any `ProviderError`, and nothing else."""

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can do."""

    def company(self) -> RemoteCompany:
        """The company that the connection belongs to."""

    def count_items(self) -> int | None:
        """How many items there are, active or not; None where the provider will not say."""

    def items(self, total: int | None = None, seen: Mapping[bytes, int] = NOTHING_SEEN) -> Iterator[ItemPage]:
        """All items, active and inactive, in pages in the order of their ids.

        `seen` maps the digests of pages that the caller knows to the number of rows that were listed there.
        An item that moved while the pages were read may come twice.

        Ends with a page that is not full, or as soon as exactly `total` items have come.
        """

    def accounts(self) -> Iterator[list[RemoteAccount]]:
        """The whole chart of accounts, active and inactive, in pages."""

    def close(self) -> None:
        """Gives the network connections back; the provider may still be used afterwards."""
