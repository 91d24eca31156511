"""`make bench`: the promises of speed and size, each figure beside what it must reach; exit 1 on a miss."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from app.foundation.embedded import remove
from tests.bench import builds, item_sync, linked_sync, lists, stock_ledger
from tests.bench.report import Row, show

WORK = {
    "item_sync": item_sync,
    "linked_sync": linked_sync,
    "stock_ledger": stock_ledger,
    "builds": builds,
    "lists": lists,
}


def main() -> int:
    """Measures and prints; the exit code says whether every promise was kept."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--items", type=int, default=100_000, help="how many items the large catalogue has")
    parser.add_argument("--rounds", type=int, default=3, help="how often each time is taken")
    parser.add_argument("--only", choices=WORK, action="append", help="measure this part, not all of them")
    arguments = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="lotledger-bench-") as folder:
        try:
            for part in arguments.only or WORK:
                for row in WORK[part].measure(Path(folder), arguments.items, arguments.rounds):
                    show(row)
                    rows.append(row)
        finally:
            for name in ("postgres", "redis"):
                remove(Path(folder) / name)
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
