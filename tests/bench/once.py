"""One measurement in a fresh process: `python -m tests.bench.once WHAT CONNECTION` prints time and memory."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import make_url

from app.integrations.clients import throttle_for
from app.integrations.service import get_connection
from app.items.sync import runs
from tests.bench import floor
from tests.bench.stage import built


def main(what: str, connection_id: int) -> None:
    """Measures `what` from the first request to the last commit."""
    app = built(dict(os.environ))
    api_url, dsn = os.environ["QBO_API_URL"], _plain(os.environ["DATABASE_URL"])
    store = partial(floor.fetch_parse_and_store, api_url, dsn)
    work: dict[str, Callable[[], dict[str, int]]] = {
        "floor of storing": lambda: {"items": store(anew=True)},
        "floor of updating": lambda: {"items": store(anew=False)},
        "floor of moving": lambda: {"items": store(anew=False, moves=True)},
        "floor of parsing": lambda: {"items": floor.fetch_and_parse(api_url)},
        "sync": lambda: _sync(connection_id),
    }
    with app.app_context():
        started = time.perf_counter()
        result = work[what]()
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak_kb": peak, **result}))


def _sync(connection_id: int) -> dict[str, int]:
    company = get_connection(connection_id).external_company_id
    before = throttle_for("quickbooks", company).budget().today
    run = runs.run_now(connection_id, None)
    if run.status != "succeeded":
        raise SystemExit(f"The sync failed: {run.message}")
    asked = throttle_for("quickbooks", company).budget().today - before
    written = run.created + run.updated + run.deactivated + run.stock_changed
    return {"items": run.processed, "written": written, "requests": asked}


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
