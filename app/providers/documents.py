"""JSON from outside, read exactly: numbers as decimals, text that a database can keep, nothing absurd.

One pass of the C parser does the work. Only a document in which something odd was seen is walked through
again.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

LONGEST_NUMBER = 30
"""Digits of a number with a fraction or an exponent, and the largest power of ten it may stand for."""

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class BadDocument(ValueError):
    """The document cannot be used; the text says what is wrong with it, and in which record."""


class NotJson(BadDocument):
    """This is no JSON document."""


class _Absurd:
    """Stands where the document has a number that no price, quantity or date can be."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Numbers:
    """Reads the numbers of one document and remembers whether one was absurd."""

    def __init__(self) -> None:
        self.absurd = False

    def read(self, text: str) -> Decimal | _Absurd:
        if len(text) <= LONGEST_NUMBER and "e" not in text and "E" not in text:
            return Decimal(text)
        return self._read_odd(text)

    def _read_odd(self, text: str) -> Decimal | _Absurd:
        try:
            value = Decimal(text)
        except DecimalException:
            value = Decimal("NaN")
        if len(text) <= LONGEST_NUMBER and value.is_finite() and abs(value.adjusted()) <= LONGEST_NUMBER:
            return value
        self.absurd = True
        return _Absurd(text)


def parse(body: bytes) -> Any:
    """The document in `body`: objects as dicts, numbers int or Decimal, text without odd characters.

    Raises NotJson for anything that is no JSON (NaN and Infinity included), BadDocument for an absurd number.
    """
    if not body.strip():
        raise NotJson("the answer was empty")
    numbers = _Numbers()
    try:
        with collector_paused():
            document = json.loads(body.decode(), parse_float=numbers.read, parse_constant=_refuse_constant)
        if numbers.absurd or _has_odd_text(body):
            document = _scrubbed(document, "the answer")
    except BadDocument:
        raise
    except RecursionError:
        raise BadDocument("it is nested too deeply") from None
    except ValueError:
        raise NotJson(_what_instead(body)) from None
    return document


@contextmanager
def collector_paused() -> Iterator[None]:
    """The garbage collector does not run while a page of records is built.

    Records hold no cycles, and looking for some among ten thousand new objects, over and over, costs up to as
    much as parsing them. Threads that pause it at the same time leave it running in the end.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _refuse_constant(name: str) -> NoReturn:
    raise BadDocument(f"it has {name} where a number should be")


def _has_odd_text(body: bytes) -> bool:
    """Whether an escape in the document might stand for a NUL or half of a surrogate pair."""
    return b"\\" in body and (b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body)


def _what_instead(body: bytes) -> str:
    start = body[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "it sent a web page instead of data"
    if start.startswith(b"<"):
        return "it sent XML instead of JSON"
    return "its answer was cut off or garbled"


def _scrubbed(node: Any, record: str) -> Any:
    """The same document with clean text; raises BadDocument naming the record that has an absurd number."""
    if isinstance(node, str):
        return _HALF_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", node.replace("\0", ""))
    if isinstance(node, list):
        return [_scrubbed(part, record) for part in node]
    if isinstance(node, dict):
        if isinstance(node.get("Id"), str):
            record = f"record {_scrubbed(node['Id'], record)[:50]}"
        return {_scrubbed(key, record): _scrubbed(value, record) for key, value in node.items()}
    if isinstance(node, _Absurd):
        raise BadDocument(f"{record} has an impossible number ({node.text[:40]})")
    return node
