"""JSON from outside, read exactly: numbers as decimals, text that a database can keep, nothing absurd.

The records of a long list are handed out as their own text, which a shape (a msgspec.Struct) reads when it is
asked for, and the list has a digest, so that whoever has seen its text before needs to look no further.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from decimal import Decimal, DecimalException
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import msgspec
import simplejson
from msgspec import Raw

LONGEST_NUMBER = 30
"""Digits of a number with a fraction or an exponent, and the largest power of ten it may stand for."""

DIGEST_BYTES = 16

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

Shape = TypeVar("Shape")


class BadDocument(ValueError):
    """The document cannot be used; the text says what is wrong with it, and in which record."""


class NotJson(BadDocument):
    """This is no JSON document."""


class Rows(NamedTuple):
    """A list and its records, as text, with a digest of the whole; None: it is one that was seen before."""

    digest: bytes
    text: Raw
    rows: list[Raw] | None


Seen = Container[bytes]
"""The digests of lists whose text the caller knows."""


def parse(body: bytes, rows_of: str | None = None, seen: Seen = ()) -> Any:
    """The document in `body`: objects as dicts, numbers int or Decimal, text without odd characters.

    A list named `rows_of` in the document, or in an object of it, is given as `Rows`; if its digest is among
    those `seen`, its records are not looked at. Raises NotJson for anything that is no JSON (NaN and Infinity
    included), BadDocument for an absurd number.
    """
    if not body.strip():
        raise NotJson("the answer was empty")
    try:
        text = _clean(body) if _has_odd_text(body) else body
        text.decode()  # what is not looked into would otherwise not be known to be text
        return _opened(Raw(text.strip()), rows_of, seen) if rows_of else _ANYTHING.decode(text)
    except RecursionError:
        raise BadDocument("it is nested too deeply") from None
    except ValueError as problem:
        if isinstance(problem.__cause__, BadDocument):
            raise problem.__cause__ from None
        raise NotJson(_what_instead(body)) from None


def read(text: Raw, shape: msgspec.json.Decoder[Shape]) -> Shape:
    """A record in its shape; raises BadDocument, which says what does not fit."""
    try:
        return shape.decode(text)
    except msgspec.ValidationError as problem:
        raise BadDocument(_misfit(str(problem))) from None


def fitted(document: Any, shape: type[Shape]) -> Shape:
    """What `parse` returned, or a part of it, in a shape; raises BadDocument, as `read` does."""
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as problem:
        raise BadDocument(_misfit(str(problem))) from None


def laid_out(rows: bytes, place: int) -> str:
    """The record at that place of a list, from 0, in lines for people; numbers stay the text they are."""
    return msgspec.json.format(bytes(_LIST.decode(rows)[place])).decode()


def digest(text: bytes | Raw) -> bytes:
    """Sixteen bytes that stand for this text."""
    return blake2b(text, digest_size=DIGEST_BYTES).digest()


def _number(text: str) -> Decimal:
    """A number with a fraction or an exponent; raises BadDocument if no price or quantity can be it."""
    try:
        value = Decimal(text)
    except DecimalException:
        value = Decimal("NaN")
    if len(text) > LONGEST_NUMBER or not value.is_finite() or abs(value.adjusted()) > LONGEST_NUMBER:
        raise BadDocument(f"it has an impossible number ({text[:40]})")
    return value


_ANYTHING = msgspec.json.Decoder(float_hook=_number)
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])


def _opened(text: Raw, rows_of: str, seen: Seen, depth: int = 2) -> Any:
    """The value, with the list of that name, at most so deep in it, as rows."""
    if not depth or bytes(memoryview(text)[:1]) != b"{":
        return _ANYTHING.decode(text)
    return {
        name: _rows(part, seen)
        if name == rows_of and bytes(memoryview(part)[:1]) == b"["
        else _opened(part, rows_of, seen, depth - 1)
        for name, part in _OBJECT.decode(text).items()
    }


def _rows(text: Raw, seen: Seen) -> Rows:
    known = digest(text)
    return Rows(known, text, None if known in seen else _LIST.decode(text))


@contextmanager
def collector_paused() -> Iterator[None]:
    """The garbage collector does not run while a catalogue is read.

    Records hold no cycles, and looking for some among ten thousand new objects, over and over, costs up to as
    much as reading them. Threads that pause it at the same time leave it running in the end.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _has_odd_text(body: bytes) -> bool:
    """Whether an escape in the document might stand for a NUL or half of a surrogate pair."""
    return b"\\" in body and (b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body)


def _clean(body: bytes) -> bytes:
    """The same document without characters that no database can keep."""
    document: str = simplejson.dumps(_scrubbed(simplejson.loads(body, use_decimal=True)), use_decimal=True)
    return document.encode()


def _scrubbed(node: Any) -> Any:
    if isinstance(node, str):
        return _HALF_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", node.replace("\0", ""))
    if isinstance(node, list):
        return [_scrubbed(part) for part in node]
    if isinstance(node, dict):
        return {_scrubbed(key): _scrubbed(value) for key, value in node.items()}
    return node


def _what_instead(body: bytes) -> str:
    start = body[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "it sent a web page instead of data"
    if start.startswith(b"<"):
        return "it sent XML instead of JSON"
    return "its answer was cut off or garbled"


_WRONG_KIND = re.compile(r"Expected `(\w+)[^`]*`, got `(\w+)`")
_TOO_LONG = re.compile(r"of length <= (\d+)")
_KINDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "nothing",
}


def _misfit(problem: str) -> str:
    """What a shape found wrong, as people say it."""
    what, _, place = problem.partition(" - at ")
    where = place.strip("`").removeprefix("$.") or "it"
    if found := _WRONG_KIND.search(what):
        wanted, got = (_KINDS.get(kind, kind) for kind in found.groups())
        return f"{where} should be {wanted} and is {got}"
    if bound := _TOO_LONG.search(what):
        return f"{where} has more than {bound[1]} characters"
    return f"{where} is not as it should be: {what.replace('`', '')}"
