"""`python -m app.sandbox`: the sandbox as a process of its own."""

import argparse
import json
import sys

from app.sandbox.options import SandboxOptions
from app.sandbox.serve import serve


def main() -> int:
    """Runs until told to stop; 1 when a port is taken."""
    arguments = _parser().parse_args()
    options = SandboxOptions(
        client_id=arguments.client_id,
        client_secret=arguments.client_secret,
        redirect_uris=tuple(arguments.redirect_uri),
        items=arguments.items,
        throttle=not arguments.no_throttle,
        rotate=not arguments.no_rotation,
        smtp_port=arguments.smtp_port,
    )

    def announce(url: str, smtp_port: int | None) -> None:
        if arguments.json:
            line = json.dumps({"url": url, "smtp_port": smtp_port})
        else:
            mail = f", catching mail at port {smtp_port}" if smtp_port else ""
            line = f"Sandbox at {url}{mail}. Ctrl-C ends it."
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        serve(arguments.host, arguments.port, options, on_ready=announce, until_eof=arguments.until_eof)
    except OSError as problem:
        sys.stderr.write(
            f"The sandbox cannot listen: {problem.strerror}. Choose another --port or --smtp-port.\n"
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    defaults = SandboxOptions()
    parser = argparse.ArgumentParser("sandbox", description="A simulated QuickBooks Online, all in memory.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9400, help="0 takes a free one")
    parser.add_argument("--smtp-port", type=int, help="also catch mail at this port; 0 takes a free one")
    parser.add_argument("--items", type=int, help="generate so many items in place of the demo catalogue")
    parser.add_argument("--client-id", default=defaults.client_id)
    parser.add_argument("--client-secret", default=defaults.client_secret)
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="registered address, can be repeated"
    )
    parser.add_argument("--no-throttle", action="store_true", help="no request limits")
    parser.add_argument("--no-rotation", action="store_true", help="a refresh keeps the refresh token")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    parser.add_argument("--json", action="store_true", help="print one JSON object once ready")
    return parser


if __name__ == "__main__":
    sys.exit(main())
