"""The columns that a file may have, and how its header names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.products.importing.errors import UnreadableFile
from app.products.models import TYPE_LABELS


@dataclass(frozen=True)
class Column:
    """A column: its key with us, its heading, what people enter in it, and an example."""

    key: str
    label: str
    hint: str
    example: str
    required: bool = False
    numeric: bool = False


COLUMNS = (
    Column(
        "sku", "SKU", "The short code you find it by. No two products share one.", "OAK-25", required=True
    ),
    Column("name", "Name", "What people call it.", "Oak board, 25 mm", required=True),
    Column(
        "product_type", "Type", f"{', '.join(TYPE_LABELS.values())}. Raw material when empty.", "Raw material"
    ),
    Column("unit", "Unit", "What quantities are counted in: pcs, m, kg.", "m"),
    Column("unit_cost", "Unit cost", "What one unit costs, with up to six decimals.", "7.35", numeric=True),
    Column(
        "quantity", "Quantity", "What is on the shelf now, with up to four decimals.", "120", numeric=True
    ),
    Column(
        "reorder_point",
        "Reorder point",
        "At or below this quantity the product counts as low.",
        "20",
        numeric=True,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
MOST_HEADINGS = 100
SHOWN_OF_HEADING = 60


def plain(text: str) -> str:
    """A heading or a word without case, spaces and punctuation: "Unit_Cost " is "unitcost"."""
    return "".join(character for character in text.casefold() if character.isalnum())


BY_HEADING = {plain(column.label): column for column in COLUMNS}


def columns_of(headings: Sequence[str]) -> tuple[str, ...]:
    """The key of each column of a header in any order, "" where there is no heading.

    Raises UnreadableFile naming every column that is unknown, stands twice, or is missing.
    """
    if len(headings) > MOST_HEADINGS:
        raise UnreadableFile(f"The first row has {len(headings):,} columns. {_expected()}")
    keys = tuple(BY_HEADING[plain(text)].key if plain(text) in BY_HEADING else "" for text in headings)
    wrong = [
        f"There is no column “{text[:SHOWN_OF_HEADING]}” in an import."
        for text, key in zip(headings, keys, strict=True)
        if text and not key
    ]
    wrong += [
        f"The column {column.label} stands there {keys.count(column.key)} times."
        for column in COLUMNS
        if keys.count(column.key) > 1
    ]
    wrong += [
        f"The column {column.label} is missing."
        for column in COLUMNS
        if column.required and column.key not in keys
    ]
    if wrong:
        raise UnreadableFile(" ".join([*wrong, _expected()]))
    return keys


def _expected() -> str:
    names = [column.label for column in COLUMNS]
    return f"The first row names the columns: {', '.join(names[:-1])} and {names[-1]}, in any order."


def letter(position: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def label_of(keys: Sequence[str], position: int) -> str:
    """What a column is called to people: its heading with us, else its letter."""
    key = keys[position] if position < len(keys) else ""
    return BY_KEY[key].label if key else letter(position)
