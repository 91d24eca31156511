"""Makes builds as another process does: on each line of input what to do, an answer for each.

`execute <build>`, `quick <bom> <token>`, `plan <bom> <token>`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from app import create_app
from app.builds import service
from app.builds.models import Build
from app.builds.values import PlanFields, QuickFields
from app.extensions import db
from app.foundation.errors import Conflict
from config import Settings

ONE = Decimal(1)
WORKS: dict[str, Callable[..., Build]] = {
    "execute": lambda build: service.execute(int(build), None),
    "quick": lambda bom, token: service.quick_build(QuickFields(int(bom), ONE), UUID(token), None),
    "plan": lambda bom, token: service.plan_build(PlanFields(int(bom), ONE), None, UUID(token)),
}


def answer(line: str) -> dict[str, str]:
    """How it went: which error, if one, and what it said."""
    work, *ids = line.split()
    try:
        WORKS[work](*ids)
    except Conflict as error:
        return {"outcome": type(error).__name__, "message": error.message}
    finally:
        db.session.remove()
    return {"outcome": "built", "message": ""}


def main() -> None:
    """Answers until there is no more input."""
    app = create_app(Settings.from_environment(os.environ))
    with app.app_context():
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()
