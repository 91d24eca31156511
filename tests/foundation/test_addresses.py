"""Addresses of pages, made once for many."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from app.foundation.pages.addresses import page_url, row_url, row_urls


def test_rows_have_the_addresses_that_flask_gives_them(app: Flask) -> None:
    with app.test_request_context("/"):
        made = row_urls("builds.show", "build_id")
        flasks = [url_for("builds.show", build_id=number) for number in (7, 10**17)]
        assert [made(7), made(10**17)] == flasks
        assert [row_url("builds.show", "build_id", number) for number in (7, 10**17)] == flasks


def test_what_the_address_carries_besides_is_kept_as_it_is(app: Flask) -> None:
    asked = {"q": "<oak> & 7", "after": "token"}
    with app.test_request_context("/"):
        made = row_urls("builds.move", "build_id", **asked)
        assert made(7) == url_for("builds.move", build_id=7, **asked)


def test_only_a_number_has_a_place_in_it(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(ValueError, match="format code 'd'"):
        row_urls("builds.show", "build_id")("../settings")  # type: ignore[arg-type]


def test_the_path_that_the_program_is_reached_below_is_part_of_both(app: Flask) -> None:
    for root in ("", "/lots"):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            assert page_url("builds.index") == f"{root}/builds"
            assert row_urls("builds.show", "build_id")(7) == f"{root}/builds/7"


def test_what_a_page_is_asked_for_tells_addresses_apart(app: Flask) -> None:
    with app.test_request_context("/"):
        assert page_url("builds.index", q="a") == "/builds?q=a"
        assert page_url("builds.index", q="b c") == "/builds?q=b+c"
