"""Exact numbers: scales, rounding and the one door by which text becomes a number (design section 3)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation

QUANTITY_PLACES = Decimal("0.0001")
COST_PLACES = Decimal("0.000001")
CENTS = Decimal("0.01")
LARGEST = Decimal("99999999999")


def round_cost(value: Decimal) -> Decimal:
    """A unit price or unit cost at its six decimals, half to even, as the providers' seven are kept."""
    return value.quantize(COST_PLACES, rounding=ROUND_HALF_EVEN)


def round_cents(value: Decimal) -> Decimal:
    """An amount as it goes to the books: two decimals, half up."""
    return value.quantize(CENTS, rounding=ROUND_HALF_UP)


def parse_decimal(text: str, *, places: int) -> Decimal:
    """The number that a person typed, with at most `places` decimals; ValueError says what is wrong with it.

    A plain number with a point, nothing else: no exponent, no thousands separators, because "1,000" is one
    thousand to some people and one to others.
    """
    cleaned = text.strip()
    if not cleaned:
        raise ValueError("Enter a number.")
    if "," in cleaned:
        raise ValueError("Write the number without commas, with a point before the decimals.")
    digits = cleaned.lstrip("+-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("Enter a number, such as 12.5.")
    try:
        value = Decimal(cleaned)
    except InvalidOperation as error:
        raise ValueError("Enter a number, such as 12.5.") from error
    if abs(value) > LARGEST:
        raise ValueError(f"Enter a number no larger than {LARGEST:,}.")
    if -int(value.as_tuple().exponent) > places:
        raise ValueError(f"Enter at most {places} decimals.")
    return value
