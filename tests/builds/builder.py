"""Executes planned builds as another process does: a build's id on each line of input, an answer for each."""

from __future__ import annotations

import json
import os
import sys

from app import create_app
from app.builds import service
from app.extensions import db
from app.foundation.errors import Conflict
from config import Settings


def answer(build_id: int) -> dict[str, str]:
    """How it went: which error, if one, and what it said."""
    try:
        service.execute(build_id, None)
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
            print(json.dumps(answer(int(line))), flush=True)


if __name__ == "__main__":
    main()
