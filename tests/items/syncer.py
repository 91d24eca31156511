"""A process that syncs items once and says how it went; for tests of what may happen to such a process.

    python -m tests.items.syncer CONNECTION [--lease SECONDS] [--stop before|after STATEMENT]

It says `ready` once the app is built, waits for a line, and prints one JSON object. With `--stop` it stops
itself (SIGSTOP) at the first SQL statement that contains the text: to be left there, killed, or woken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
from typing import Any

from sqlalchemy import Engine, event

from app import create_app
from app.foundation.errors import LotledgerError
from app.items.sync import runs
from app.providers.options import TransportOptions
from app.providers.throttle import Limits
from config import Settings


def stop_at(moment: str, statement: str) -> None:
    """This process stops itself once, before or after it sends such a statement."""
    passed: list[str] = []

    def look(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if statement in sql and not passed:
            passed.append(sql)
            os.kill(os.getpid(), signal.SIGSTOP)

    event.listen(Engine, f"{moment}_cursor_execute", look)


def outcome(connection_id: int) -> dict[str, Any]:
    """The run's end, or why there is none."""
    try:
        run = runs.run_now(connection_id, None)
    except LotledgerError as error:
        return {"status": "refused", "message": error.message}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"status": run.status, "message": run.message, "created": run.created, "peak_kilobytes": peak}


def main() -> None:
    """Builds the app that the environment describes and does what the command line says."""
    parser = argparse.ArgumentParser("syncer", description=__doc__)
    parser.add_argument("connection", type=int)
    parser.add_argument("--lease", type=int)
    parser.add_argument("--stop", nargs=2)
    arguments = parser.parse_args()
    app = create_app(Settings.from_environment(os.environ))
    app.config["PROVIDER_OPTIONS"] = TransportOptions(backoff=0.05)
    app.config["PROVIDER_LIMITS"] = Limits()
    if arguments.lease:
        app.config["SYNC_LOCK_SECONDS"] = arguments.lease
    print("ready", flush=True)
    input()
    if arguments.stop:
        stop_at(*arguments.stop)
    with app.app_context():
        print(json.dumps(outcome(arguments.connection)), flush=True)


if __name__ == "__main__":
    main()
