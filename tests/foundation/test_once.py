"""What is asked for once per request, and what is not."""

from __future__ import annotations

from itertools import count

from flask import Flask

from app.foundation.pages.once import once


def test_a_page_asks_once_for_each_name(app: Flask) -> None:
    numbers = count(1)
    with app.test_request_context("/"):
        assert [once("a", lambda: next(numbers)), once("b", lambda: next(numbers))] == [1, 2]
        assert once("a", lambda: next(numbers)) == 1


def test_nothing_is_kept_for_the_next_request(app: Flask) -> None:
    with app.app_context():
        for number in (1, 2):
            with app.test_request_context("/"):
                assert once("a", lambda number=number: number) == number  # type: ignore[misc]


def test_an_empty_answer_is_kept_too(app: Flask) -> None:
    with app.test_request_context("/"):
        assert once("a", lambda: None) is None
        assert once("a", lambda: 1) is None  # type: ignore[arg-type, return-value]


def test_what_changes_things_and_what_is_no_request_ask_anew(app: Flask) -> None:
    numbers = count(1)
    with app.test_request_context("/", method="POST"):
        assert [once("a", lambda: next(numbers)) for _ in range(2)] == [1, 2]
    assert once("a", lambda: next(numbers)) == 3
