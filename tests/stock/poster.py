"""Posts random movements from several processes at once: `python -m tests.stock.poster PROCESSES SECONDS`.

Prints as JSON, for each process, how many batches went through and which errors of the business refused the
others. Any other error ends it with exit code 1.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from decimal import Decimal
from typing import Any

from app import create_app
from app.extensions import db
from app.foundation.clock import utcnow
from app.foundation.errors import Conflict
from app.stock.mirror import mirror_quantities
from app.stock.service import (
    Adjust,
    Consume,
    Kind,
    Movement,
    Receive,
    Reverse,
    SetQuantity,
    Source,
    lots_on,
    turn_lots_off,
    turn_lots_on,
)
from config import Settings
from tests.support.stock import post_now

PRODUCTS = range(1, 21)
MIRROR, SWITCH = 0, 1


class Poster:
    """One of those who post at the same time; the first also mirrors the books, the second switches lots."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.dice = random.Random(number)
        self.builds: list[Source] = []
        self.next_id = number * 1_000_000

    def once(self) -> None:
        """One batch of one to six products, in no order, or a turn of one's own."""
        turn = self.dice.random()
        if self.number == MIRROR and turn < 0.2:
            self._mirror()
        elif self.number == SWITCH and turn < 0.1:
            (turn_lots_off if lots_on() else turn_lots_on)(None)
        elif self.builds and turn < 0.4:
            build = self.builds.pop(self.dice.randrange(len(self.builds)))
            post_now(Reverse(source=build, kind=Kind.BUILD_REVERSAL))
        else:
            source = self._source()
            products = self.dice.sample(PRODUCTS, self.dice.randint(1, 6))
            post_now(*[self._movement(product, source) for product in products])
            self.builds.append(source)

    def _source(self) -> Source:
        self.next_id += 1
        return Source("build", self.next_id)

    def _movement(self, product: int, source: Source) -> Movement:
        quantity = Decimal(self.dice.randint(1, 50_000)) / 10_000
        kind = self.dice.choices(("receive", "consume", "adjust", "set"), (5, 5, 2, 1))[0]
        if kind == "receive":
            cost = Decimal(self.dice.randint(0, 90_000_000)) / 1_000_000
            return Receive(product_id=product, quantity=quantity, cost=cost, kind=Kind.RECEIVE, source=source)
        if kind == "consume":
            return Consume(product_id=product, quantity=quantity, kind=Kind.BUILD_CONSUME, source=source)
        if kind == "adjust":
            signed = self.dice.choice((quantity, -quantity))
            return Adjust(product_id=product, quantity=signed, kind=Kind.ADJUSTMENT, source=source)
        return SetQuantity(product_id=product, quantity=quantity, kind=Kind.ACCOUNTING_SYNC, source=source)

    def _mirror(self) -> None:
        rows = ", ".join(f"({product}, {self.dice.randint(0, 20)}, 2.5)" for product in PRODUCTS)
        with db.engine.begin() as connection:
            mirror_quantities(
                connection,
                f"SELECT * FROM (VALUES {rows}) AS books ORDER BY random()",
                source=Source("sync_run", 1),
                user_id=None,
                as_of=utcnow(),
            )


def work(number: int, seconds: float, start: Any, answers: Any) -> None:
    """Posts from the common start until the time is over."""
    app = create_app(Settings.from_environment(os.environ))
    counts: Counter[str] = Counter()
    poster = Poster(number)
    with app.app_context():
        lots_on()
        start.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                poster.once()
                counts["done"] += 1
            except Conflict as error:
                counts[type(error).__name__] += 1
    answers.put(dict(counts))


def main(processes: int, seconds: float) -> None:
    """Runs them all; forked, since what takes longest is to read the program."""
    forked = multiprocessing.get_context("fork")
    start, answers = forked.Barrier(processes), forked.Queue()
    workers = [
        forked.Process(target=work, args=(number, seconds, start, answers)) for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("A process met an error that is not one of the business.")
    print(json.dumps([answers.get() for _ in workers]))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
