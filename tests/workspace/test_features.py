"""The feature switches and their page (PLAN-5…10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.foundation.audit import AuditEntry
from app.workspace.features import ComesLater, Feature, is_on, switches, turn
from tests.people.member import Member

PAGE = "/settings/features"
QA = f"{PAGE}/qa_review"
WORKING = [feature for feature in Feature if not feature.comes_later]


def entries(app: Flask) -> list[AuditEntry]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def stands_on(app: Flask, feature: Feature) -> bool:
    with app.app_context():
        return is_on(feature)


def test_every_feature_is_off_at_first_and_says_what_it_is_for(owner: Member) -> None:
    page = owner.get(PAGE)
    listed = page.document.one("main").all("ul")[-1].all("li")
    assert len(listed) == len(Feature)
    for feature, item in zip(Feature, listed, strict=True):
        assert feature.words.purpose in item.text
        assert item.one("h2").text.startswith(feature.label)
        assert item.one("h2").text.endswith("Comes with a later release" if feature.comes_later else "Off")


@pytest.mark.parametrize("feature", WORKING)
def test_a_feature_is_turned_on_and_off_again(app: Flask, owner: Member, feature: Feature) -> None:
    page = owner.submit(owner.get(PAGE), f"Turn on {feature.label}")
    assert page.notices == [f"{feature.label} is on. {feature.words.on}"]
    assert stands_on(app, feature)
    assert "by Olga Owner" in page.main
    page = owner.submit(page, f"Turn off {feature.label}")
    assert page.notices == [f"{feature.label} is off. {feature.words.off}"]
    assert not stands_on(app, feature)


def test_one_feature_leaves_the_others_alone(app: Flask, owner: Member) -> None:
    owner.submit(owner.get(PAGE), "Turn on QA review")
    with app.app_context():
        assert [switch.feature for switch in switches() if switch.is_on] == [Feature.QA_REVIEW]


def test_the_question_says_what_will_come_of_it(owner: Member) -> None:
    questions = [part.text for part in owner.get(PAGE).document.all(role="dialog")]
    for feature, question in zip(WORKING, questions, strict=True):
        assert question.startswith(f"Turn on {feature.label}? {feature.words.on}")


def test_a_change_is_written_down_once(app: Flask, owner: Member) -> None:
    owner.submit(owner.get(PAGE), "Turn on QA review")
    again = owner.send(f"{QA}/on")
    assert again.status_code == 303
    (entry,) = entries(app)
    assert (entry.action, entry.subject, entry.user_id) == ("feature.turned_on", "QA review", owner.id)
    assert (entry.before, entry.after) == ({"is_on": False}, {"is_on": True})
    assert owner.get(PAGE).notices == ["QA review is on already. Nothing was changed."]


def test_turning_off_what_was_never_on_changes_nothing(app: Flask, owner: Member) -> None:
    assert owner.send(f"{QA}/off").status_code == 303
    assert entries(app) == []


@pytest.mark.parametrize("feature", [Feature.RECEIVING, Feature.SALES_TRACKING])
def test_what_comes_later_cannot_be_turned_on(app: Flask, owner: Member, feature: Feature) -> None:
    page = owner.get(PAGE)
    assert "disabled" in page.document.one("button", aria_label=f"Turn on {feature.label}")
    answer = owner.send(f"{PAGE}/{feature}/on")
    assert answer.status_code == 409
    assert "comes with a later release" in answer.text
    with app.app_context(), pytest.raises(ComesLater):
        turn(feature, True, None)
    assert not stands_on(app, feature)


@pytest.mark.parametrize("name", ["nonsense", "QA_REVIEW", "qa%00review"])
def test_a_feature_that_does_not_exist_is_not_found(app: Flask, owner: Member, name: str) -> None:
    assert owner.send(f"{PAGE}/{name}/on").status_code == 404
    assert entries(app) == []


@pytest.mark.parametrize("role", ["accountant", "builder"])
def test_other_roles_neither_see_nor_turn_switches(
    app: Flask, member: Callable[[str], Member], role: str
) -> None:
    somebody = member(role)
    assert somebody.client.get(PAGE).status_code == 403
    assert somebody.send(f"{QA}/on").status_code == 403
    assert somebody.send(f"{QA}/off").status_code == 403
    assert not stands_on(app, Feature.QA_REVIEW)


def test_a_switch_is_a_post_with_a_token(app: Flask, owner: Member) -> None:
    assert owner.client.get(f"{QA}/on").status_code == 405
    assert owner.client.post(f"{QA}/on").status_code == 400
    assert not stands_on(app, Feature.QA_REVIEW)
