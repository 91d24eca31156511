"""The audit log's page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.foundation.audit import changes, record
from tests.people.member import Member
from tests.support.pages import Seen

PAGE = "/settings/audit"


def write(app: Flask, count: int = 1, **values: Any) -> None:
    facts = {"action": "business.changed", "subject": "Alder & Finch", "user_id": None} | values
    with app.app_context():
        for _ in range(count):
            record(**facts)
        db.session.commit()


def lines(page: Seen) -> list[list[str]]:
    body = page.document.one("tbody")
    return [[cell.text for cell in row.all("td", "th")][1:] for row in body.all("tr")]


def test_an_entry_says_who_what_and_from_what_to_what(app: Flask, owner: Member) -> None:
    write(app, user_id=owner.id, before={"city": "", "open": True}, after={"city": "Ghent", "open": False})
    (line,) = lines(owner.get(PAGE))
    assert line[:3] == ["Olga Owner", "Business: changed", "Alder & Finch"]
    assert "city: – → Ghent" in line[3] and "open: yes → no" in line[3]


def test_what_the_command_line_did_is_marked_so(app: Flask, owner: Member) -> None:
    write(app)
    assert lines(owner.get(PAGE))[0][0] == "Command line"


def test_facts_are_shown_as_text_whatever_they_hold(app: Flask, owner: Member) -> None:
    write(app, subject="<img src=x>", after={"list": [1, "<b>"], "nested": {"a": None}})
    answer = owner.client.get(PAGE).text
    assert "<img src=x>" not in answer and "&lt;img src=x&gt;" in answer and "<b>" not in answer


def test_it_is_filtered_by_action_and_person(app: Flask, owner: Member) -> None:
    write(app, user_id=owner.id)
    write(app, action="connection.disconnected", subject="QuickBooks: Acme")
    assert len(lines(owner.get(f"{PAGE}?action=connection.disconnected"))) == 1
    assert lines(owner.get(f"{PAGE}?user={owner.id}"))[0][0] == "Olga Owner"
    assert lines(owner.get(f"{PAGE}?user=0"))[0][2] == "QuickBooks: Acme"
    assert len(lines(owner.get(f"{PAGE}?user=0'&action=%00"))) == 2


def test_newest_come_first_and_pages_follow_each_other(app: Flask, owner: Member) -> None:
    for number in range(120):
        write(app, subject=f"entry {number}")
    first = owner.get(PAGE)
    assert [line[2] for line in lines(first)][:2] == ["entry 119", "entry 118"]
    second = owner.visitor.get(first.link("Next"))
    third = owner.visitor.get(second.link("Next"))
    seen = [line[2] for page in (first, second, third) for line in lines(page)]
    assert seen == [f"entry {number}" for number in reversed(range(120))]


def test_it_is_downloaded_as_a_file_without_live_formulas(app: Flask, owner: Member) -> None:
    write(app, subject="=HYPERLINK(1)", after={"city": "Ghent"})
    text = owner.client.get(f"{PAGE}?format=csv").text
    assert "city: – → Ghent" in text
    assert "\n=HYPERLINK" not in text and ",=HYPERLINK" not in text


def test_an_empty_log_says_what_will_stand_there(owner: Member) -> None:
    assert "Nothing is recorded yet." in owner.get(PAGE).main


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3})),
        ({}, {"a": 1}, ({"a": None}, {"a": 1})),
        ({"a": 1}, {"a": 1}, ({}, {})),
    ],
)
def test_only_what_differs_is_written_down(before: Any, after: Any, expected: Any) -> None:
    assert changes(before, after) == expected
