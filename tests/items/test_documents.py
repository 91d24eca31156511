"""Documents as they are stored with their page, and read again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from app.items.documents import packed, unpacked
from tests.providers.test_documents import json_values


@given(st.lists(json_values, min_size=1, max_size=20), st.data())
def test_each_document_is_found_at_its_place(documents: list[object], data: st.DataObject) -> None:
    stored = packed(json.dumps(documents).encode())
    place = data.draw(st.integers(0, len(documents) - 1))
    assert json.loads(unpacked(stored, place)) == documents[place]


def test_numbers_stay_the_text_that_came() -> None:
    shown = unpacked(packed(b'[{"a":1.10},{"UnitPrice":0.10,"b":1e2,"c":12345678901234567890.123}]'), 1)
    assert shown.splitlines() == [
        "{",
        '  "UnitPrice": 0.10,',
        '  "b": 1e2,',
        '  "c": 12345678901234567890.123',
        "}",
    ]


def test_a_page_takes_a_small_part_of_its_room() -> None:
    items = ",".join(
        f'{{"Id":"{n}","Name":"Part {n:06}","UnitPrice":{n}.25,"domain":"QBO"}}' for n in range(1000)
    )
    documents = f"[{items}]".encode()
    assert 5 * len(packed(documents)) < len(documents)
