"""What was read of a file: exact texts, and what makes a cell impossible to keep or to trust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from app.foundation.pages.forms import is_storable
from app.products.importing.columns import columns_of
from app.products.importing.errors import UnreadableFile

MOST_ROWS = 10_000
LONGEST_CELL = 1_000
UNSTORABLE = "This holds characters that cannot be stored, such as a line break."
NO_ROWS = "The file names columns, but has no products below them."
EMPTY = "The file is empty. Its first row should name the columns, with one product in each row below."
TOO_MANY = (
    f"The file has more than {MOST_ROWS:,} products. Split it into files of {MOST_ROWS:,} rows at most."
)


class Cell(NamedTuple):
    """A cell's text, and why it cannot be used whatever its column, if so."""

    text: str
    fault: str = ""


BLANK = Cell("")
Cells = list[Cell]


@dataclass(frozen=True)
class SheetRow:
    """A row by its number in the file, the header's being 1 as a rule; `faults` by the cell's position."""

    number: int
    cells: list[str]
    faults: dict[int, str]


@dataclass(frozen=True)
class Sheet:
    """The columns' keys ("" where the header names none) and all rows that are not blank."""

    columns: tuple[str, ...]
    rows: list[SheetRow]

    @classmethod
    def of(cls, numbered: Iterable[tuple[int, Cells]]) -> Self:
        """The sheet of a file's rows; raises UnreadableFile for a bad header, no rows or too many."""
        filled = ((number, cells) for number, cells in numbered if any(map(any, cells)))
        header = next(filled, None)
        if header is None:
            raise UnreadableFile(EMPTY)
        columns = columns_of([cell.text or cell.fault for cell in _without_blank_end(header[1])])
        rows: list[SheetRow] = []
        for number, cells in filled:
            if len(rows) == MOST_ROWS:
                raise UnreadableFile(TOO_MANY)
            rows.append(_row(number, cells, len(columns)))
        if not rows:
            raise UnreadableFile(NO_ROWS)
        return cls(columns, rows)

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        """The sheet that `as_json` made `stored` of."""
        rows = [
            SheetRow(number, cells, {int(position): fault for position, fault in faults.items()})
            for number, cells, faults in stored["rows"]
        ]
        return cls(tuple(stored["columns"]), rows)

    def as_json(self) -> dict[str, Any]:
        """The sheet as JSON keeps it; every number stays the text that it was."""
        rows = [
            [row.number, row.cells, {str(at): fault for at, fault in row.faults.items()}] for row in self.rows
        ]
        return {"columns": list(self.columns), "rows": rows}


def text_cell(text: str) -> Cell:
    """A text as a cell: without the blanks around it, and not at all when it could not be stored."""
    text = text.strip()
    if len(text) > LONGEST_CELL:
        return Cell("", f"This has {len(text):,} characters, which is too long.")
    return Cell(text) if is_storable(text) else Cell("", UNSTORABLE)


def _row(number: int, cells: Cells, width: int) -> SheetRow:
    """The cells below the header's columns; of those beyond it the first that is not blank is a fault."""
    faults = {position: cell.fault for position, cell in enumerate(cells[:width]) if cell.fault}
    beyond = next((position for position in range(width, len(cells)) if any(cells[position])), None)
    if beyond is not None:
        faults[beyond] = "There is something here, but the first row gives this column no name."
    texts = [cell.text for cell in cells[:width]]
    return SheetRow(number, texts + [""] * (width - len(texts)), faults)


def _without_blank_end(cells: Cells) -> Cells:
    last = max(position for position, cell in enumerate(cells) if any(cell))
    return cells[: last + 1]
