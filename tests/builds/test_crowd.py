"""Many people plan, move, execute, review and undo at once: nobody waits for ever, nothing gets lost."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.builds import service
from app.builds.models import Build
from app.builds.statuses import BuildStatus, Recovery, RejectionReason
from app.builds.values import Direction, EditFields, PlanFields, QuickFields
from app.extensions import db
from app.foundation.errors import Conflict, NotFoundError
from app.stock.models import StockLevel
from app.workspace.features import Feature
from tests.support.boms import buildable, create_bom
from tests.support.builds import Shop, switch_on
from tests.support.stock import assert_clean, stocked

D = Decimal
PEOPLE = 4


class Person:
    """One of those who work at the same time, each with a session of their own."""

    def __init__(self, number: int, boms: list[int], raw: int) -> None:
        self.dice = random.Random(number)
        self.boms = boms
        self.raw = raw
        self.counts: Counter[str] = Counter()
        self.trouble: list[BaseException] = []

    def some(self, *statuses: BuildStatus) -> int:
        """The id of one of the last builds that stand so."""
        ids = select(Build.id).where(Build.status.in_(statuses)).order_by(Build.id.desc()).limit(5)
        found = db.session.scalars(ids).all()
        return self.dice.choice(found) if found else 4711

    def plan(self) -> object:
        return service.plan_build(PlanFields(self.dice.choice(self.boms), D(self.dice.randint(1, 2))), None)

    def edit(self) -> object:
        return service.edit_planned(
            self.some(BuildStatus.PLANNED), EditFields(D(self.dice.randint(1, 3))), None
        )

    def move(self) -> object:
        build_id = self.some(BuildStatus.PLANNED)
        if self.dice.random() < 0.4:
            return service.move_before(build_id, self.some(BuildStatus.PLANNED), None)
        return service.move(build_id, self.dice.choice(list(Direction)), None)

    def reject(self) -> object:
        mode = self.dice.choice((Recovery.FULL, Recovery.NONE))
        return service.reject(self.some(BuildStatus.EXECUTED), RejectionReason.OTHER, mode, {}, "", None)

    def works(self) -> dict[Callable[[], object], int]:
        """What can be done, and how often."""
        return {
            self.plan: 4,
            self.edit: 2,
            self.move: 4,
            self.reject: 1,
            lambda: service.execute(self.some(BuildStatus.PLANNED), None): 4,
            lambda: service.quick_build(QuickFields(self.dice.choice(self.boms), D(1)), uuid4(), None): 2,
            lambda: service.approve(self.some(BuildStatus.EXECUTED), "", None): 2,
            lambda: service.undo(self.some(BuildStatus.PENDING_EXPORT), "", None): 1,
            lambda: service.delete_planned(self.some(BuildStatus.PLANNED), None): 1,
            service.check_build_points: 1,
            lambda: stocked(self.raw, 5): 3,
        }

    def work(self, app: Flask, until: float) -> None:
        """Something after the other, until the time is over; what is refused is refused."""
        with app.app_context():
            works = self.works()
            while time.monotonic() < until and not self.trouble:
                (work,) = self.dice.choices(list(works), list(works.values()))
                try:
                    work()
                    self.counts["done"] += 1
                except (Conflict, NotFoundError) as error:
                    self.counts[type(error).__name__] += 1
                except BaseException as error:
                    self.trouble.append(error)
                finally:
                    db.session.remove()


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_nobody_waits_for_ever_and_nothing_is_lost(shop: Shop, app: Flask, seconds: int) -> None:
    raw, part, whole = stocked(quantity=20), buildable().id, buildable().id
    points = {"build_point": D(2), "target_level": D(6)}
    boms = [create_bom(part, {raw: 1}, **points).id, create_bom(whole, {part: 1, raw: 2}, **points).id]
    switch_on(Feature.AUTO_PLANNED_BUILDS, Feature.QA_REVIEW)
    people = [Person(number, boms, raw) for number in range(PEOPLE)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=person.work, args=(app, until)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    assert [trouble for person in people for trouble in person.trouble] == []
    assert not any(thread.is_alive() for thread in threads)
    assert all(person.counts["done"] for person in people)
    db.session.rollback()
    assert db.session.scalar(select(func.min(StockLevel.on_hand))) >= 0
    places = db.session.scalars(select(Build.queue_position).where(Build.queue_position.is_not(None))).all()
    assert len(places) == len(set(places))
    db.session.rollback()
    assert_clean()
