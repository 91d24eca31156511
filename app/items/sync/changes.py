"""SQL for what an entry says has changed: a JSON object of fields, each with its value before and after.

Put together as text: an object made of many members, most of them missing, costs the database far more than
everything else about an entry.
"""

from __future__ import annotations

from collections.abc import Callable


def changed(name: str, before: str, after: str) -> str:
    """The member for a field whose text was one expression and is another; NULL if both say the same."""
    return _member(name, before, after, lambda value: f"to_json({value})::text")


def changed_number(name: str, before: str, after: str) -> str:
    """The same for numbers, which become text, so that no reader takes them for floats."""
    return _member(name, before, after, lambda value: f"""'"' || trim_scale({value}) || '"'""")


def members(*found: str) -> str:
    """The members that are not NULL, side by side; empty when nothing has changed."""
    return f"concat_ws(', ', {', '.join(found)})"


def document(inside: str) -> str:
    """The object with these members."""
    return f"CAST('{{' || {inside} || '}}' AS jsonb)"


def _member(name: str, before: str, after: str, shown: Callable[[str], str]) -> str:
    pair = " || ', ' || ".join(f"coalesce({shown(value)}, 'null')" for value in (before, after))
    return f"""CASE WHEN {after} IS DISTINCT FROM {before} THEN '"{name}": [' || {pair} || ']' END"""
