"""Records in Intuit's own shape: plain dictionaries, as they go over the wire.

A record in a table is never changed in place: a change puts a new dictionary there. So an answer can be
written from records while another request changes the company.
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]

INACTIVE_MARK = " (deleted)"
DOLLAR = {"value": "USD", "name": "United States Dollar"}


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """The instant as Intuit writes it in a record: seconds, with the company's offset."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def now() -> datetime:
    return datetime.now(UTC)


def meta_data(created: datetime, changed: datetime, zone: ZoneInfo) -> Record:
    """The `MetaData` of a record."""
    return {"CreateTime": stamp(created, zone), "LastUpdatedTime": stamp(changed, zone)}


def reference(record: Record, name: str = "Name") -> Record:
    """A reference to the record, as other records hold it."""
    return {"value": record["Id"], "name": record[name]}


def without_blanks(record: Record) -> Record:
    """The record as Intuit sends it: null and empty attributes are left out."""
    return {key: value for key, value in record.items() if value is not None and value != ""}
