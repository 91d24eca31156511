"""Item sync at 100,000 items: time against the floor, memory, requests (design section 15, rows 1 to 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from app.extensions import db
from tests.bench.report import Row
from tests.bench.stage import ROOT, built, connect, environment, forget_items, migrated, replayed

SMALL = 1000


@dataclass
class Bench:
    """An installation that is measured from outside, each time by a fresh process."""

    settings: dict[str, str]
    connection_id: int

    def take(self, what: str) -> dict[str, Any]:
        """One measurement."""
        command = [sys.executable, "-m", "tests.bench.once", what, str(self.connection_id)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.settings, stdout=subprocess.PIPE, text=True, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def forget(self) -> None:
        """As before the first sync."""
        app = built(self.settings)
        with app.app_context():
            forget_items()
            db.engine.dispose()


def measure(folder: Path, items: int, rounds: int) -> Iterator[Row]:
    """The four rows, each as soon as it is known."""
    with replayed(items) as api_url:
        bench = installed(folder, api_url)
        firsts = _first_syncs(bench, items, rounds)
        yield ratio("first item sync", firsts, 2.0)
        yield ratio("unchanged re-sync", unchanged_syncs(bench, items, rounds), 1.3)
    with replayed(SMALL) as api_url:
        small = installed(folder, api_url).take("sync")
    yield _memory(firsts, small)
    yield _requests(firsts, items)


def installed(folder: Path, api_url: str) -> Bench:
    """An empty installation that is connected to the provider."""
    settings = environment(folder, api_url)
    app = built(settings)
    migrated(app)
    with app.app_context():
        connection_id = connect()
        db.engine.dispose()
    return Bench(settings, connection_id)


Pair = tuple[dict[str, Any], dict[str, Any]]
"""A floor and the sync measured right after it."""


def _first_syncs(bench: Bench, items: int, rounds: int) -> list[Pair]:
    pairs = []
    for _ in range(rounds):
        bench.forget()
        floor = bench.take("floor of storing")
        bench.forget()
        sync = bench.take("sync")
        assert floor["items"] == sync["items"] == items, (floor, sync)
        pairs.append((floor, sync))
    return pairs


def unchanged_syncs(bench: Bench, items: int, rounds: int) -> list[Pair]:
    """Syncs that find nothing new, each after its floor."""
    pairs = []
    for _ in range(rounds):
        floor, sync = bench.take("floor of parsing"), bench.take("sync")
        assert floor["items"] == sync["items"] == items, (floor, sync)
        assert sync["written"] == 0, sync
        pairs.append((floor, sync))
    return pairs


def ratio(work: str, pairs: list[Pair], limit: float) -> Row:
    """The median of what a sync takes, as a multiple of its floor."""
    ratio = median(sync["seconds"] / floor["seconds"] for floor, sync in pairs)
    floors, syncs = zip(*pairs, strict=True)
    seconds = median(sync["seconds"] for sync in syncs), median(floor["seconds"] for floor in floors)
    how = f"median {seconds[0]:.2f} s over {seconds[1]:.2f} s, {len(pairs)} pairs"
    return Row(work, ratio, limit, "× the floor", how)


def _memory(firsts: list[Pair], small: dict[str, Any]) -> Row:
    large = max(sync["peak_kb"] for _, sync in firsts)
    how = f"peak {large // 1024} MB, {small['peak_kb'] // 1024} MB at {SMALL:,} items"
    return Row("memory of a sync", (large - small["peak_kb"]) / 1024, 30, "MB more", how)


def _requests(firsts: list[Pair], items: int) -> Row:
    asked = max(sync["requests"] for _, sync in firsts)
    return Row("requests to the provider", asked, -(-items // 1000) + 1, "requests", f"{items:,} items")
