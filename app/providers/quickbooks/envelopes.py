"""Finds the fault in an answer, in whichever of its envelopes it came: API, gateway, XML.

The detail of an authentication fault can quote part of a token, so nothing of such a fault is kept but its
code.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

LONGEST_DETAIL = 500
_XML_BOUND = 64 * 1024

_XML_ERROR = re.compile(r"<(?:\w+:)?Error\b([^>]*)>", re.IGNORECASE)
_XML_CODE = re.compile(r"""\bcode\s*=\s*["'](\d{1,9})["']""", re.IGNORECASE)
_XML_ELEMENT = re.compile(r"""\belement\s*=\s*["']([^"']{0,200})["']""", re.IGNORECASE)
_XML_MESSAGE = re.compile(r"<(?:\w+:)?Message>([^<]{0,2000})</", re.IGNORECASE)
_XML_DETAIL = re.compile(r"<(?:\w+:)?Detail>([^<]{0,2000})</", re.IGNORECASE)

_ABOUT_TOKENS = {100, 120, 130, 3100, 3200}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first error of a fault; `code` is None where it is missing or no number."""

    code: int | None
    message: str = ""
    detail: str = ""
    element: str | None = None


def fault_in(document: Any) -> Fault | None:
    """The fault that a JSON document carries, `Fault` and `fault` alike; None if it carries none."""
    if not isinstance(document, dict):
        return None
    for envelope, errors, code, message, detail in (
        ("Fault", "Error", "code", "Message", "Detail"),
        ("fault", "error", "code", "message", "detail"),
    ):
        fault = document.get(envelope)
        if isinstance(fault, dict):
            first = _first(fault.get(errors))
            return _fault(
                _code(first.get(code)),
                first.get(message),
                first.get(detail),
                first.get("element"),
                fault.get("type"),
            )
    return None


def fault_in_xml(body: bytes) -> Fault | None:
    """The fault in an XML answer, found by its marks: XML from outside could exhaust a parser."""
    text = body[:_XML_BOUND].decode(errors="replace")
    if not text.lstrip("\ufeff \r\n\t").startswith("<") or not (error := _XML_ERROR.search(text)):
        return None
    code, element = _XML_CODE.search(error[1]), _XML_ELEMENT.search(error[1])
    message, detail = _XML_MESSAGE.search(text), _XML_DETAIL.search(text)
    return _fault(
        _code(code[1] if code else None),
        html.unescape(message[1]) if message else None,
        html.unescape(detail[1]) if detail else None,
        html.unescape(element[1]) if element else None,
        None,
    )


def _fault(code: int | None, message: Any, detail: Any, element: Any, kind: Any) -> Fault:
    if code in _ABOUT_TOKENS or str(kind).upper().startswith(("AUTH",)):
        return Fault(code)
    return Fault(code, _line(message), _line(detail), _line(element) or None)


def _first(errors: Any) -> dict[str, Any]:
    if isinstance(errors, list):
        errors = errors[0] if errors else {}
    return errors if isinstance(errors, dict) else {}


def _code(value: Any) -> int | None:
    """The number of a code, which comes as text and at times with leading zeros."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _line(value: Any) -> str:
    """The text on one line, not too long and without control characters."""
    if not isinstance(value, str):
        return ""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value[:4000]).split())
    return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"
