"""A command that uses the embedded servers: prints their addresses, then works until its standard input ends.

`python -m tests.foundation.server_user FOLDER [postgres] [redis]`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.foundation.embedded import EmbeddedServerError, ensure_postgres, ensure_redis, release

STARTERS = {"postgres": ensure_postgres, "redis": ensure_redis}


def main() -> int:
    """1 with one sentence on standard error when a server cannot be started."""
    folder, *names = sys.argv[1:]
    try:
        addresses = {name: STARTERS[name](Path(folder) / name) for name in names or STARTERS}
    except EmbeddedServerError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()
    for name in names or STARTERS:
        release(Path(folder) / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
