"""What several parts of a page want to know is asked for once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import has_request_context, request

KEPT = "lotledger.once"
READING = frozenset({"GET", "HEAD"})

Answer = TypeVar("Answer")


def once(name: str, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers; in a request that only reads, its first answer under `name` holds to the end.

    A request that may change things asks each time, since an answer may be another one afterwards.
    """
    if not has_request_context() or request.method not in READING:
        return ask()
    kept = request.environ.setdefault(KEPT, {})
    if name not in kept:
        kept[name] = ask()
    answer: Answer = kept[name]
    return answer
