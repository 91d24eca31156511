"""What a stock transaction came from, as a word and perhaps a link.

The ledger knows a source by its kind and id only. Each room says here, for the kinds that are its own, where
such a source can be looked at and what people call it, so that products need not know the rooms above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SourceUrl = Callable[[int], str | None]
"""Given a source's id: its page, or None when there is none or the person of this request may not see it."""
SourceLabel = Callable[[int | None], str]
"""Given a source's id, if it has one: what people call it."""


@dataclass(frozen=True)
class SourceLink:
    """A source as a page shows it: its words, and its address where it has one."""

    label: str
    url: str | None = None


@dataclass(frozen=True)
class _Known:
    url_for_id: SourceUrl | None
    label: SourceLabel


_known: dict[str, _Known] = {}


def register_source(kind: str, url_for_id: SourceUrl | None, label: SourceLabel) -> None:
    """Sources of `kind` are shown so from now on; the last registration of a kind holds."""
    _known[kind] = _Known(url_for_id, label)


def source_link(kind: str, source_id: int | None) -> SourceLink:
    """How a source is shown; one that nobody registered is its kind as a word, without a link."""
    known = _known.get(kind)
    if known is None:
        return SourceLink(kind.replace("_", " ").capitalize())
    url = known.url_for_id(source_id) if known.url_for_id and source_id is not None else None
    return SourceLink(known.label(source_id), url)
