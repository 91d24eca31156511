"""Forms of builds that are sent at the same moment: one counts, and the other leads to no error page."""

from __future__ import annotations

import threading
from decimal import Decimal
from functools import partial
from uuid import uuid4

from flask import Flask

from app.builds.models import Build
from app.builds.service import as_seen, edit_planned, get_build
from app.builds.statuses import BuildStatus
from app.builds.values import EditFields
from app.extensions import db
from tests.builds.waiting import await_waiting, held, waiting
from tests.people.member import Member, join
from tests.support.builds import Shop, planned
from tests.support.pages import Seen
from tests.support.processes import wait_until
from tests.support.together import together


def test_plan_and_execute_at_once_lead_to_the_one_build(app: Flask, shop: Shop) -> None:
    token = uuid4().hex
    seen: dict[str, Seen] = {}

    def sent(member: Member, button: str) -> threading.Thread:
        def send() -> None:
            form = member.get(f"/builds/new/{shop.product_id}")
            seen[button] = member.submit(form, button, quantity="2", token=token)

        thread = threading.Thread(target=send)
        thread.start()
        return thread

    people = [join(app, "owner"), join(app, "admin")]
    with held(shop.board):  # after the one has looked whether its form was sent before
        first = sent(people[0], "Execute build")
        await_waiting()
        second = sent(people[1], "Plan build")
        wait_until(lambda: not second.is_alive() or waiting() >= 2, "the other waits or is through")
    first.join(60)
    second.join(60)
    assert {page.path for page in seen.values()} == {"/builds/1"}
    assert seen["Execute build"].notices == ["B-000001 is executed. Its output is on the shelf."]
    assert seen["Plan build"].notices == [
        "This was sent before and built once, as B-000001. Nothing was built again."
    ]
    assert db.session.query(Build).count() == 1
    assert get_build(1).status == BuildStatus.PENDING_EXPORT


def test_of_two_who_save_a_planned_build_at_once_one_is_told(app: Flask, shop: Shop) -> None:
    build, seen = as_seen(planned(shop.bom.id, 1).id)
    build_id = build.id
    edits = [EditFields(Decimal(quantity), seen=seen) for quantity in (2, 3, 4)]
    db.session.rollback()
    ended = together(app, *(partial(edit_planned, build_id, each, None) for each in edits))
    assert ended == ["BuildChanged", "BuildChanged", "done"]
