"""What is wrong with a sheet's rows, and the products that the good ones will be. No database here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from app.foundation.money import LARGEST, parse_decimal, round_cost
from app.products.importing.columns import BY_KEY, label_of, plain
from app.products.importing.sheet import Sheet, SheetRow
from app.products.models import LONGEST_NAME, LONGEST_SKU, LONGEST_UNIT, TYPE_LABELS, ProductType
from app.products.service import ProductFields

T = TypeVar("T")

LONGEST = {"sku": LONGEST_SKU, "name": LONGEST_NAME, "unit": LONGEST_UNIT}
PLACES = {"quantity": 4, "unit_cost": 6, "reorder_point": 4}
TYPES = {plain(word): kind for kind, label in TYPE_LABELS.items() for word in (kind.value, label)}
SHOWN_OF_CELL = 40

NO_LOTS = "Leave this empty: while lots are on, stock comes from receipts and builds, never from a file."
VALUE_TOO_LARGE = f"Quantity times unit cost is more than {LARGEST:,}."


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell; `found` is the beginning of what it holds."""

    row: int
    column: str
    found: str
    message: str


@dataclass(frozen=True)
class NewProduct:
    """A product that a row will be; quantity in its unit, cost for one unit in the workspace's currency."""

    row: int
    fields: ProductFields
    quantity: Decimal
    unit_cost: Decimal | None

    @property
    def opening_value(self) -> Decimal:
        """What its opening stock is worth, to six decimals."""
        return round_cost(self.quantity * (self.unit_cost or 0))


@dataclass(frozen=True)
class Surroundings:
    """What rows are checked against: the SKUs among them that products have, and whether lots are on."""

    taken: Mapping[str, str] = field(default_factory=dict)
    """The name of the product that has it, by the SKU as the sheet spells it."""
    lots_on: bool = False


@dataclass(frozen=True)
class Checked:
    """A sheet after checking: products of its good rows, errors in the order of the rows."""

    products: list[NewProduct]
    errors: list[RowError]
    lots_on: bool = False

    @property
    def opening_value(self) -> Decimal:
        """What all opening stock is worth."""
        return sum((product.opening_value for product in self.products), Decimal(0))

    @property
    def stocked(self) -> int:
        """How many products come with stock."""
        return sum(1 for product in self.products if product.quantity)

    @property
    def costs_left_out(self) -> int:
        """How many unit costs are not kept, because lots give the cost."""
        return sum(1 for product in self.products if product.unit_cost is not None) if self.lots_on else 0

    @property
    def without_cost(self) -> list[int]:
        """The rows that bring stock without saying what it cost."""
        return [product.row for product in self.products if product.quantity and product.unit_cost is None]


def skus_of(sheet: Sheet) -> list[str]:
    """Every SKU in the sheet that could be one."""
    at = sheet.columns.index("sku")
    return [row.cells[at] for row in sheet.rows if row.cells[at]]


def check(sheet: Sheet, around: Surroundings) -> Checked:
    """Each row is a product, or has an error for each thing that is wrong with it."""
    first_rows: dict[str, int] = {}
    products: list[NewProduct] = []
    errors: list[RowError] = []
    for row in sheet.rows:
        reading = _Reading(sheet.columns, row)
        product = reading.product()
        reading.compare(around, first_rows)
        errors += reading.sorted_errors()
        if not reading.errors:
            products.append(product)
    return Checked(products, errors, around.lots_on)


class _Reading:
    """One row being read; `errors` by the position of their cells."""

    def __init__(self, columns: tuple[str, ...], row: SheetRow) -> None:
        self.columns = columns
        self.row = row
        self.errors = dict(row.faults)
        self.at = {key: position for position, key in enumerate(columns) if key}
        for position, key in enumerate(columns):
            if not key and row.cells[position]:
                self.errors.setdefault(position, "The first row gives this column no name.")

    def product(self) -> NewProduct:
        """The row's product; not to be used when there are errors."""
        fields = ProductFields(
            sku=self._text("sku"),
            name=self._text("name"),
            product_type=self._parsed("product_type", _type) or ProductType.RAW_MATERIAL,
            unit=self._text("unit"),
            reorder_point=self._number("reorder_point"),
        )
        quantity = self._number("quantity") or Decimal(0)
        product = NewProduct(self.row.number, fields, quantity, self._number("unit_cost"))
        if not self.errors and product.opening_value > LARGEST:
            self._refuse("quantity", VALUE_TOO_LARGE)
        return product

    def compare(self, around: Surroundings, first_rows: dict[str, int]) -> None:
        """Looks at what other rows, other products and the workspace leave possible."""
        sku = self._cell("sku")
        if sku and "sku" not in self._wrong():
            first = first_rows.setdefault(sku.lower(), self.row.number)
            if first != self.row.number:
                self._refuse("sku", f"Row {first} has the same SKU.")
            elif sku in around.taken:
                self._refuse(
                    "sku", f"The product “{around.taken[sku]}” has this SKU. Only new products are imported."
                )
        if around.lots_on and plain(self._cell("quantity")).strip("0"):
            self._refuse("quantity", NO_LOTS)

    def sorted_errors(self) -> Iterator[RowError]:
        """The errors from left to right."""
        for position in sorted(self.errors):
            found = self.row.cells[position] if position < len(self.row.cells) else ""
            short = found if len(found) <= SHOWN_OF_CELL else f"{found[:SHOWN_OF_CELL]}…"
            column = label_of(self.columns, position)
            yield RowError(self.row.number, column, short, self.errors[position])

    def _cell(self, key: str) -> str:
        return self.row.cells[self.at[key]] if key in self.at else ""

    def _wrong(self) -> Collection[str]:
        return {self.columns[at] for at in self.errors if at < len(self.columns)}

    def _refuse(self, key: str, sentence: str) -> None:
        self.errors.setdefault(self.at[key], sentence)

    def _text(self, key: str) -> str:
        text = self._cell(key)
        if len(text) > LONGEST[key]:
            self._refuse(key, f"Use at most {LONGEST[key]:,} characters (these are {len(text):,}).")
        if not text and BY_KEY[key].required:
            self._refuse(key, "This is empty, and every product needs one.")
        return text

    def _number(self, key: str) -> Decimal | None:
        return self._parsed(key, lambda text: _amount(text, PLACES[key]))

    def _parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        text = self._cell(key)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self._refuse(key, str(error))
            return None


def _amount(text: str, places: int) -> Decimal:
    value = parse_decimal(text, places=places)
    if value < 0:
        raise ValueError("Enter a number that is at least 0.")
    return value


def _type(text: str) -> ProductType:
    kind = TYPES.get(plain(text)) or TYPES.get(plain(text).removesuffix("s"))
    if kind is None:
        raise ValueError(f"There is no such type. Use one of {', '.join(TYPE_LABELS.values())}.")
    return kind
