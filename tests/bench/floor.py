"""The floor: the least that any program must do to bring a catalogue into PostgreSQL.

Fetch the pages, parse them to exact decimals, `COPY` them, one upsert into a table that has the fields and
the key, and nothing else: no index but the key's, no provider's document, no search column. No comparison
with what was there, no counts, no history, no lock, no retries: what the product does beyond this is what
the ratios measure.

Where quantities move stock, there is more that any program must write: the product's level and its movement.
That floor writes these two rows as barely, beside the item.
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
DOCUMENT = ("Id", "Name", "FullyQualifiedName", "Sku", "UnitPrice", "PurchaseCost", "QtyOnHand")
ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")
COLUMNS = (
    "external_id, name, full_name, sku, unit_price, purchase_cost, quantity_on_hand,"
    " income_account_id, expense_account_id, asset_account_id, item_type"
)
FIELDS = """
    external_id text, name text, full_name text, sku text, unit_price numeric(18, 6),
    purchase_cost numeric(18, 6), quantity_on_hand numeric(18, 4), income_account_id text,
    expense_account_id text, asset_account_id text, item_type text
"""
FORGET = "DROP TABLE IF EXISTS floor_items"
TABLES = f"""
    CREATE TABLE IF NOT EXISTS floor_items ({FIELDS}, PRIMARY KEY (external_id));
    CREATE TEMPORARY TABLE staged ({FIELDS});
"""
TAKEN_OVER = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", "))
UPSERT = f"""
    INSERT INTO floor_items ({COLUMNS}) SELECT {COLUMNS} FROM staged
    ON CONFLICT (external_id) DO UPDATE SET {TAKEN_OVER}
"""
MOVE_TABLES = """
    CREATE TABLE IF NOT EXISTS floor_levels (product_id text PRIMARY KEY, on_hand numeric(18, 4));
    CREATE TABLE IF NOT EXISTS floor_movements (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        product_id text, quantity numeric(18, 4), on_hand_after numeric(18, 4))
"""
MOVES = (
    """
    INSERT INTO floor_movements (product_id, quantity, on_hand_after)
    SELECT s.external_id, s.quantity_on_hand - coalesce(l.on_hand, 0), s.quantity_on_hand
    FROM staged s LEFT JOIN floor_levels l ON l.product_id = s.external_id
    """,
    """
    INSERT INTO floor_levels SELECT external_id, quantity_on_hand FROM staged
    ON CONFLICT (product_id) DO UPDATE SET on_hand = excluded.on_hand
    """,
)
TYPES = {
    "Inventory": "inventory",
    "NonInventory": "non_inventory",
    "Service": "service",
    "Group": "bundle",
}


def pages(api_url: str) -> Iterator[list[dict[str, Any]]]:
    """Each page of the catalogue, fetched and parsed."""
    session = requests.Session()
    start = 1
    while True:
        statement = quote(QUERY.format(start=start))
        address = f"{api_url}/v3/company/1/query?query={statement}"
        answer = session.get(address, headers={"Accept": "application/json"}, timeout=60)
        page = json.loads(answer.content, parse_float=Decimal)["QueryResponse"].get("Item", [])
        if not page:
            return
        yield page
        start += len(page)


def fetch_and_parse(api_url: str) -> int:
    """The floor of an unchanged re-sync; returns how many items came."""
    return sum(len(page) for page in pages(api_url))


def fetch_parse_and_store(api_url: str, dsn: str, *, anew: bool, moves: bool = False) -> int:
    """The floor of a first sync, or (not `anew`) of one in which all is new; returns how many items."""
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        if anew:
            cursor.execute(FORGET)
        cursor.execute(TABLES)
        for page in pages(api_url):
            with cursor.copy(f"COPY staged ({COLUMNS}) FROM STDIN") as copy:
                for item in page:
                    copy.write_row(_row(item))
        cursor.execute(UPSERT)
        stored = cursor.rowcount
        if moves:
            cursor.execute(MOVE_TABLES)
            for statement in MOVES:
                cursor.execute(statement)
        return stored


def _row(item: dict[str, Any]) -> list[Any]:
    fields = [item.get(field) for field in DOCUMENT]
    accounts = [(item.get(field) or {}).get("value") for field in ACCOUNTS]
    return [*fields, *accounts, TYPES[item["Type"]]]
