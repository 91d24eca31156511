"""Search by the beginnings of words, the same way in every list."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import QueryableAttribute

SEPARATORS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—“”‘’«»·×®™"
"""What ends a word, as in the database function `lotledger_words` that fills the search columns."""

LONGEST_SEARCH = 200

_SPACES = str.maketrans(SEPARATORS + "\x00", " " * (len(SEPARATORS) + 1))


def words(text: str) -> list[str]:
    """The words of a search as the search columns know them; of a longer text the first 200 characters."""
    return text[:LONGEST_SEARCH].translate(_SPACES).split()


def matches(column: QueryableAttribute[str | None], text: str) -> ColumnElement[bool] | None:
    """The condition that `column` has every word of `text`, each perhaps only begun; None without a word."""
    # The whole word changes nothing that is found, but the planner knows how common whole words are.
    terms = [f"('{word}' | '{word}':*)" for word in words(text)]
    if not terms:
        return None
    return column.op("@@", is_comparison=True)(func.to_tsquery("simple", " & ".join(terms)))
