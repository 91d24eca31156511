"""Processes of their own that want a connection's token, for `python -m`.

wait ID FILE    waits for FILE, then reads the company's name over HTTP and prints it
ask ID          gets a token
die ID          gets a token, and is killed by SIGKILL before it could use it
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from app import create_app
from app.foundation.logs import configure_logging
from app.integrations.gateway import open_provider
from app.integrations.tokens.current import ConnectionTokens
from config import Settings


def main() -> None:
    """Does what the command line says."""
    configure_logging()
    what, connection_id = sys.argv[1], int(sys.argv[2])
    with create_app(Settings.from_environment(os.environ)).app_context():
        if what in {"ask", "die"}:
            ConnectionTokens(connection_id).current()
            if what == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            return
        provider = open_provider(connection_id)
        print("ready", flush=True)
        while not Path(sys.argv[3]).exists():
            time.sleep(0.005)
        print(provider.company().name, flush=True)


if __name__ == "__main__":
    main()
