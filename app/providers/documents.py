"""JSON from outside, read exactly: numbers as decimals, text that a database can keep, nothing absurd.

One pass of the C parser does the work. Only a document in which something odd was seen is walked through
again. The rows of a long list keep their own text beside what was read from it, and the list has a digest, so
that whoever has seen its text before needs to look no further.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from decimal import Decimal, DecimalException
from hashlib import blake2b
from typing import Any, NamedTuple, NoReturn

import simplejson

LONGEST_NUMBER = 30
"""Digits of a number with a fraction or an exponent, and the largest power of ten it may stand for."""

DIGEST_BYTES = 16

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class BadDocument(ValueError):
    """The document cannot be used; the text says what is wrong with it, and in which record."""


class NotJson(BadDocument):
    """This is no JSON document."""


class Row(NamedTuple):
    """One record of a list: what it says, and the text that says it."""

    document: Any
    text: str


class Rows(NamedTuple):
    """The records of a list, and the digest of the list's own text; None: it is one that was seen before."""

    digest: bytes
    rows: list[Row] | None


Seen = Container[bytes]
"""The digests of lists whose text the caller knows."""


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


def parse(body: bytes, rows_of: str | None = None, seen: Seen = ()) -> Any:
    """The document in `body`: objects as dicts, numbers int or Decimal, text without odd characters.

    A list named `rows_of` in the document, or in an object of it, is given as `Rows`; if its digest is among
    those `seen`, its records are not read. Raises NotJson for anything that is no JSON (NaN and Infinity
    included), BadDocument for an absurd number.
    """
    if not body.strip():
        raise NotJson("the answer was empty")
    numbers = _Numbers()
    try:
        with collector_paused():
            document = _read(body, numbers, rows_of, seen)
        if numbers.absurd or _has_odd_text(body):
            document = _scrubbed(document, "the answer")
    except BadDocument:
        raise
    except RecursionError:
        raise BadDocument("it is nested too deeply") from None
    except ValueError:
        raise NotJson(_what_instead(body)) from None
    return document


def _read(body: bytes, numbers: _Numbers, rows_of: str | None, seen: Seen) -> Any:
    decoder = json.JSONDecoder(parse_float=numbers.read, parse_constant=_refuse_constant)
    start = re.search(rb'"%s"\s*:\s*(?=\[)' % re.escape(rows_of).encode(), body) if rows_of else None
    if rows_of is None or start is None:
        return decoder.decode(body.decode())
    before, rest = body[: start.end()].decode(), body[start.end() :]
    rows, after = _seen_rows(rest, seen) or _read_rows(rest.decode(), decoder)
    # What looked like the list may have been a piece of text; then the mark turns up elsewhere, or nowhere.
    mark = f"\0{rows_of}"
    document = decoder.decode(f"{before}{json.dumps(mark)}{after}")
    return _put(document, rows_of, mark, rows)


def _seen_rows(text: bytes, seen: Seen) -> tuple[Rows, str] | None:
    """The list at the head of `text` and what follows it, if it is known and the last bracket is its own."""
    end = text.rfind(b"]") + 1
    digest = _digest(text[:end])
    return (Rows(digest, None), text[end:].decode()) if digest in seen else None


def _read_rows(text: str, decoder: json.JSONDecoder) -> tuple[Rows, str]:
    rows, end = _rows_from(text, 1, decoder)
    return Rows(_digest(text[:end].encode()), rows), text[end:]


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=DIGEST_BYTES).digest()


def _rows_from(text: str, position: int, decoder: json.JSONDecoder) -> tuple[list[Row], int]:
    """The records from `position`, just behind the bracket, to the closing one; and the place behind that."""
    rows: list[Row] = []
    read: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]
    position = _past_blanks(text, position)
    if text[position : position + 1] == "]":
        return rows, position + 1
    while True:
        try:
            document, end = read(text, position)
        except StopIteration:
            raise ValueError("a record is missing") from None
        rows.append(Row(document, text[position:end]))
        if text[end : end + 2] == ",{":
            position = end + 1
            continue
        position = _past_blanks(text, end)
        sign = text[position : position + 1]
        if sign == "]":
            return rows, position + 1
        if sign != ",":
            raise ValueError("a list goes on without a comma")
        position = _past_blanks(text, position + 1)


_BLANK_RUN = re.compile(r"[ \t\r\n]*")


def _past_blanks(text: str, position: int) -> int:
    found = _BLANK_RUN.match(text, position)
    return found.end() if found else position


def _put(document: Any, name: str, mark: str, rows: Rows) -> Any:
    """The document with its rows in the place of the mark; raises ValueError if the mark is nowhere."""
    if isinstance(document, dict):
        for holder in (document, *document.values()):
            if isinstance(holder, dict) and holder.get(name) == mark:
                holder[name] = rows
                return document
    raise ValueError("what looked like a list was none")


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
    if isinstance(node, Row):
        document = _scrubbed(node.document, record)
        return Row(document, simplejson.dumps(document, use_decimal=True))
    if isinstance(node, Rows):
        return Rows(node.digest, _scrubbed(node.rows, record))
    if isinstance(node, list):
        return [_scrubbed(part, record) for part in node]
    if isinstance(node, dict):
        if isinstance(node.get("Id"), str):
            record = f"record {_scrubbed(node['Id'], record)[:50]}"
        return {_scrubbed(key, record): _scrubbed(value, record) for key, value in node.items()}
    if isinstance(node, _Absurd):
        raise BadDocument(f"{record} has an impossible number ({node.text[:40]})")
    return node
