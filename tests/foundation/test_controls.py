"""Buttons that post something."""

from __future__ import annotations

from flask import Flask, render_template_string

from app.foundation.pages.controls import action_button, csrf_field, unique_id
from tests.support.html import parse

HOSTILE = '"><script>alert(1)</script>'


def test_hostile_text_is_escaped_wherever_it_may_stand(app: Flask) -> None:
    with app.test_request_context("/"):
        asked = action_button(HOSTILE, HOSTILE, confirm=HOSTILE, fields={HOSTILE: HOSTILE})
    assert "<script>" not in asked
    assert asked.count("&#34;&gt;&lt;script&gt;") == 6


def test_a_button_posts_its_fields_and_the_token(app: Flask) -> None:
    with app.test_request_context("/"):
        html = action_button("/items/1?a=1&b=2", "Link", secondary=True, fields={"product_id": 7})
    form = parse(html).one("form")
    assert (form["method"], form["action"]) == ("post", "/items/1?a=1&b=2")
    token, field = form.all("input")
    assert token["name"] == "csrf_token"
    assert (field["name"], field["value"]) == ("product_id", "7")
    assert [button["class"] for button in form.all("button")] == ["secondary"]


def test_a_question_is_asked_before_what_cannot_be_undone(app: Flask) -> None:
    with app.test_request_context("/"):
        page = parse(action_button("/delete", "Delete", danger=True, confirm="Delete it?"))
    opener, cancel, does = page.all("button")
    tones = [button["class"] for button in (opener, cancel, does)]
    assert tones == ["danger outline", "secondary", "danger"]
    popover = page.one("div", role="dialog")
    assert opener["popovertarget"] == cancel["popovertarget"] == popover["id"]
    question = popover.one("p")
    assert (question["id"], question.text) == (popover["aria-labelledby"], "Delete it?")


def test_a_button_that_is_off_asks_nothing(app: Flask) -> None:
    with app.test_request_context("/"):
        html = action_button("/sync", "Sync", confirm="Sure?", disabled=True)
    assert "popover" not in html
    assert '<button type="submit" disabled>Sync</button>' in html


def test_a_page_has_one_token_and_no_id_twice(app: Flask) -> None:
    with app.test_request_context("/"):
        assert csrf_field() == csrf_field()
        assert [unique_id("a"), unique_id("b"), unique_id("a")] == ["a-1", "b-2", "a-3"]


def test_templates_draw_the_same(app: Flask) -> None:
    with app.test_request_context("/"):
        named = '{% from "macros/forms.html" import action_button, csrf %}'
        drawn = render_template_string(named + '{{ csrf() }}{{ action_button("/", "<b>") }}')
        assert drawn == csrf_field() + action_button("/", "<b>")
