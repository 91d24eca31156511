"""The floor: the least that any program must do to bring a catalogue into PostgreSQL.

Fetch the pages, parse them to exact decimals, `COPY` the fields, one upsert. No comparison with what was there, no
counts, no history, no lock, no retries: what the product does beyond this is what the ratios measure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import psycopg
import requests

QUERY = "SELECT * FROM Item WHERE Active IN (true, false) ORDERBY Id STARTPOSITION {start} MAXRESULTS 1000"
TABLE = """
    CREATE TABLE floor_items (
        external_id text PRIMARY KEY, name text, full_name text, sku text, item_type text,
        unit_price numeric(18, 6), purchase_cost numeric(18, 6), quantity_on_hand numeric(18, 4),
        income_account_id text, expense_account_id text, asset_account_id text)
"""
FIELDS = ("Id", "Name", "FullyQualifiedName", "Sku", "Type", "UnitPrice", "PurchaseCost", "QtyOnHand")
ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")


def pages(api_url: str) -> Iterator[list[dict[str, Any]]]:
    """Each page of the catalogue, fetched and parsed."""
    session = requests.Session()
    start = 1
    while True:
        statement = quote(QUERY.format(start=start))
        answer = session.get(
            f"{api_url}/v3/company/1/query?query={statement}", headers={"Accept": "application/json"}
        )
        page = json.loads(answer.content, parse_float=Decimal)["QueryResponse"].get("Item", [])
        if not page:
            return
        yield page
        start += len(page)


def fetch_and_parse(api_url: str) -> int:
    """The floor of an unchanged re-sync; returns how many items came."""
    return sum(len(page) for page in pages(api_url))


def _row(item: dict[str, Any]) -> list[Any]:
    return [item.get(field) for field in FIELDS] + [
        (item.get(field) or {}).get("value") for field in ACCOUNTS
    ]


def fetch_parse_and_store(api_url: str, dsn: str) -> int:
    """The floor of a first sync; returns how many rows stand in the table."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_items")
        cursor.execute(TABLE)
        cursor.execute("CREATE TEMPORARY TABLE staged (LIKE floor_items)")
        for page in pages(api_url):
            with cursor.copy(
                "COPY staged (external_id, name, full_name, sku, item_type, unit_price, purchase_cost,"
                " quantity_on_hand, income_account_id, expense_account_id, asset_account_id) FROM STDIN"
            ) as copy:
                for item in page:
                    copy.write_row(_row(item))
        cursor.execute(
            "INSERT INTO floor_items SELECT * FROM staged ON CONFLICT (external_id) DO UPDATE SET name = excluded.name"
        )
        return cursor.rowcount
