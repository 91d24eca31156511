"""A list walked from its first page to its last by its own links, as a person would."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Select

from app.foundation.lists.tables import Listing


def walked(app: Flask, listing: Listing, statement: Select[Any], url: str) -> list[int]:
    """The ids of all rows that the address and the pages after it show."""
    found: list[int] = []
    following: str | None = url
    while following:
        with app.test_request_context(following):
            page = listing.page(statement)
            found += [row.id for row in page.rows]
            following = page.next_url
    return found
