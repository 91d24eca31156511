"""Running a sandbox as a process."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from app.sandbox.app import create_sandbox
from app.sandbox.mailbox import MailCatcher
from app.sandbox.options import SandboxOptions
from app.sandbox.server import WsgiServer


def serve(
    host: str = "127.0.0.1",
    port: int = 9400,
    options: SandboxOptions | None = None,
    *,
    on_ready: Callable[[str, int | None], None] = lambda _url, _smtp_port: None,
    until_eof: bool = False,
) -> None:
    """Answers until SIGTERM or Ctrl-C, with `until_eof` also until standard input ends.

    Port 0 takes a free one. `on_ready` is called once with the address and the mail catcher's port, when both
    listen. Raises OSError when a port is taken. Call it from the main thread.
    """
    app = create_sandbox(options)
    state = app.extensions["sandbox"]
    catcher = (
        None if state.options.smtp_port is None else MailCatcher(state.mailbox, host, state.options.smtp_port)
    )
    server = WsgiServer(app, host, port)
    if catcher is not None:
        catcher.start()
    try:
        on_ready(server.url, catcher.port if catcher else None)
        run_until_told(server, until_eof=until_eof)
    finally:
        if catcher is not None:
            catcher.stop()


def run_until_told(server: WsgiServer, *, until_eof: bool = False) -> None:
    """The server answers until SIGTERM, Ctrl-C or (if asked) the end of standard input; then it is closed."""

    def stop(_signum: int = 0, _frame: FrameType | None = None) -> None:
        threading.Thread(target=server.shutdown).start()

    def stop_at_eof() -> None:
        sys.stdin.buffer.read()
        stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if until_eof:
        threading.Thread(target=stop_at_eof, daemon=True).start()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
