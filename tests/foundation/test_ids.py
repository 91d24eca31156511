"""Whatever a request sends as an id is one, or is none."""

from __future__ import annotations

import pytest

from app.foundation.ids import LARGEST_ID, id_from


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("000123", 123), (str(LARGEST_ID), LARGEST_ID)])
def test_digits_are_an_id(text: str, expected: int) -> None:
    assert id_from(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", " 1", "1.0", "x", "²", "٣", str(LARGEST_ID + 1), "9" * 19, "9" * 5000]
)
def test_any_other_text_is_none(text: str) -> None:
    assert id_from(text) is None
