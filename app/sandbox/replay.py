"""The item list of a large company, rendered beforehand: a provider that costs next to nothing, for
benchmarks.

`python -m app.sandbox.replay --items 100000 --port P` serves pages of the item query by their
STARTPOSITION, the count, CompanyInfo and tokens. It looks at nothing else: any bearer token opens any
company, and no answer depends on the rest of the statement.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable
from urllib.parse import unquote_plus
from wsgiref.types import StartResponse, WSGIEnvironment

from app.sandbox.envelopes import JSON, to_json
from app.sandbox.generate import generated_items, stocked_items
from app.sandbox.records import Record
from app.sandbox.seed import company_info
from app.sandbox.serve import run_until_told
from app.sandbox.server import WsgiServer

_START = re.compile(r"STARTPOSITION\s+(\d+)", re.IGNORECASE)
_COUNT = re.compile(r"COUNT\s*\(", re.IGNORECASE)
TIME = "2026-11-20T09:00:00.000-08:00"


class Replay:
    """A WSGI application that picks its answers from a dictionary of bytes."""

    def __init__(self, items: list[Record], per_page: int = 1000) -> None:
        self._pages = dict(_pages(items, per_page))
        self._count = _rendered({"QueryResponse": {"totalCount": len(items)}})
        self._nothing = _rendered({"QueryResponse": {}})
        self._company = _rendered(
            {"CompanyInfo": company_info("Replay", "1 Main St", "Portland", "OR", "97201")}
        )
        self._tokens = _rendered(
            {
                "token_type": "bearer",
                "access_token": "replay-access",
                "expires_in": 3600,
                "refresh_token": "replay-refresh",
                "x_refresh_token_expires_in": 8726400,
            }
        )

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = self._body(environ)
        start("200 OK", [("Content-Type", JSON), ("Content-Length", str(len(body)))])
        return [body]

    def _body(self, environ: WSGIEnvironment) -> bytes:
        path = environ["PATH_INFO"]
        if path.endswith("/query"):
            return self._query(unquote_plus(environ["QUERY_STRING"]) or environ["wsgi.input"].read().decode())
        return self._tokens if path.startswith("/oauth2/") else self._company

    def _query(self, statement: str) -> bytes:
        if _COUNT.search(statement):
            return self._count
        start = _START.search(statement)
        return self._pages.get(int(start[1]) if start else 1, self._nothing)


def _pages(items: list[Record], per_page: int) -> Iterable[tuple[int, bytes]]:
    for start in range(0, len(items), per_page):
        page = items[start : start + per_page]
        yield (
            start + 1,
            _rendered({"QueryResponse": {"Item": page, "startPosition": start + 1, "maxResults": len(page)}}),
        )


def _rendered(body: dict[str, object]) -> bytes:
    return to_json(body | {"time": TIME}).encode()


def main() -> None:
    """Runs until told to stop. Prints one JSON object with the address once ready."""
    parser = argparse.ArgumentParser("replay", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--per-page", type=int, default=1000)
    parser.add_argument("--stock", type=int, help="all are active inventory, with so much more on hand")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    arguments = parser.parse_args()
    count, shift = arguments.items, arguments.stock
    items = generated_items(count) if shift is None else stocked_items(count, shift)
    server = WsgiServer(Replay(items, arguments.per_page), arguments.host, arguments.port)
    sys.stdout.write(json.dumps({"url": server.url}) + "\n")
    sys.stdout.flush()
    run_until_told(server, until_eof=arguments.until_eof)


if __name__ == "__main__":
    main()
