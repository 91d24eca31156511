"""One simulated company: what it says of itself, and its tables."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.sandbox.records import Record
from app.sandbox.tables import Table


@dataclass
class Company:
    """A company file. `realm` is its id: digits, treated as text."""

    realm: str
    info: Record
    """The CompanyInfo record. Its Id is 1, not the realm."""
    preferences: Record
    items: Table
    accounts: Table
    vendors: Table

    @property
    def name(self) -> str:
        return str(self.info["CompanyName"])

    @property
    def zone(self) -> ZoneInfo:
        """The offset in which the company's times are written."""
        return ZoneInfo(self.info.get("DefaultTimeZone", "America/Los_Angeles"))

    @property
    def tables(self) -> dict[str, Table]:
        """The tables that can be queried, by entity."""
        return {
            "Item": self.items,
            "Account": self.accounts,
            "Vendor": self.vendors,
            "CompanyInfo": Table([self.info]),
        }
