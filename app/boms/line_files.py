"""Components as a file: what *Download lines* writes, and what the form reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.boms.entry import LineEntry
from app.boms.fields import MOST_LINES, QUANTITY_RULE, line_problems
from app.boms.lookup import Found, Lookup
from app.foundation.errors import InvalidInput
from app.foundation.lists.csv import FORMULA_STARTS
from app.foundation.money import parse_decimal
from app.products.importing.columns import plain
from app.products.importing.csv_file import csv_rows
from app.products.importing.errors import UnreadableFile
from app.products.importing.sheet import Cells
from app.products.importing.xlsx_file import is_workbook, xlsx_rows

HEADINGS = ("SKU", "Name", "Quantity", "Unit", "Optional", "Unit cost", "Line cost")
READ = {"sku": "SKU", "quantity": "Quantity", "optional": "Optional"}
PASSED_OVER = {plain(heading) for heading in HEADINGS} - READ.keys()
YES, NO = {"yes", "y", "true", "1", "x", "optional"}, {"", "no", "n", "false", "0", "required"}
EXPECTED = "The first row names the columns: SKU and Quantity, and Optional if you like."
TOO_MANY = f"The file has more than {MOST_LINES} components, which is the most that a BOM can have."


@dataclass(frozen=True)
class FileError:
    """What is wrong with one cell of the file."""

    row: int
    column: str
    message: str


class WrongRows(InvalidInput):
    """Nothing was taken from the file, since some of its rows are wrong."""

    def __init__(self, errors: Sequence[FileError]) -> None:
        super().__init__(
            "Nothing was taken from the file. Mend the rows listed below and read it again.", "file"
        )
        self.errors = list(errors)


def read_lines(content: bytes, product_id: int, look_up: Lookup) -> list[LineEntry]:
    """The components of a CSV file or a workbook, in its order; raises UnreadableFile or WrongRows."""
    rows = xlsx_rows(content) if is_workbook(content) else csv_rows(content)
    filled = ((number, cells) for number, cells in rows if any(map(any, cells)))
    header = next(filled, None)
    if header is None:
        raise UnreadableFile(f"The file is empty. {EXPECTED}")
    places = _places([cell.text for cell in header[1]])
    numbered = list(islice(filled, MOST_LINES + 1))
    if len(numbered) > MOST_LINES:
        raise UnreadableFile(TOO_MANY)
    if not numbered:
        raise UnreadableFile("The file names columns, but has no components below them.")
    return _checked([_Row(number, cells, places) for number, cells in numbered], product_id, look_up)


class _Row:
    """One row being read."""

    def __init__(self, number: int, cells: Cells, places: dict[str, int]) -> None:
        self.number = number
        self.errors: dict[str, str] = {}
        self.texts = {key: self._text(key, cells, place) for key, place in places.items()}
        self.line = LineEntry(
            _without_apostrophe(self.texts["sku"]), self.texts["quantity"], self._optional()
        )
        self._check("sku", "This is empty, and every component needs one.", lambda: bool(self.line.sku))
        self._check("quantity", QUANTITY_RULE, lambda: parse_decimal(self.line.quantity, places=4) > 0)

    def _text(self, key: str, cells: Cells, place: int) -> str:
        if place >= len(cells):
            return ""
        if cells[place].fault:
            self.errors[key] = cells[place].fault
        return cells[place].text

    def _optional(self) -> bool:
        word = self.texts.get("optional", "").lower()
        if word not in YES | NO:
            self.errors.setdefault("optional", "Write yes or no.")
        return word in YES

    def _check(self, key: str, rule: str, holds: Callable[[], bool]) -> None:
        try:
            sentence = "" if holds() else rule
        except ValueError as error:
            sentence = str(error)
        if sentence:
            self.errors.setdefault(key, sentence)


def _places(headings: Sequence[str]) -> dict[str, int]:
    """Where each column that is read stands; raises UnreadableFile naming those that are wrong."""
    names = [plain(heading) for heading in headings]
    wrong = [
        f"There is no column “{heading[:60]}” in a list of components."
        for heading, name in zip(headings, names, strict=True)
        if heading and name not in READ and name not in PASSED_OVER
    ]
    wrong += [
        f"The column {label} stands there more than once."
        for key, label in READ.items()
        if names.count(key) > 1
    ]
    wrong += [f"The column {READ[key]} is missing." for key in ("sku", "quantity") if key not in names]
    if wrong:
        raise UnreadableFile(" ".join([*wrong[:5], EXPECTED]))
    return {key: names.index(key) for key in READ if key in names}


def _checked(rows: Sequence[_Row], product_id: int, look_up: Lookup) -> list[LineEntry]:
    answers = look_up([row.line.sku for row in rows])
    found = [answers.get(row.line.sku) for row in rows]
    for row, answer in zip(rows, found, strict=True):
        if isinstance(answer, str):
            row.errors.setdefault("sku", answer)
    chosen = [answer.component if isinstance(answer, Found) else None for answer in found]
    for problem in line_problems(product_id, chosen):
        if problem.index is not None:
            rows[problem.index].errors.setdefault("sku", problem.message)
    errors = list(_errors(rows))
    if errors:
        raise WrongRows(errors)
    return [row.line for row in rows]


def _errors(rows: Iterable[_Row]) -> Iterator[FileError]:
    for row in rows:
        for key, message in row.errors.items():
            yield FileError(row.number, READ[key], message)


def _without_apostrophe(text: str) -> str:
    """A SKU that starts as a formula would is written behind an apostrophe."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
