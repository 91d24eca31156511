"""A sandbox as a process of its own, for tests of whatever talks to QuickBooks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import requests

ROOT = Path(__file__).parents[2]
SCOPE = "com.intuit.quickbooks.accounting"


class SandboxProcess:
    """A running sandbox at a free port of this machine; use it in a `with` or call `stop`.

    Throttling is off unless asked for, since a test seldom wants to wait for it. The process ends by itself
    when the test run dies, for it waits for the end of its standard input.
    """

    def __init__(
        self,
        *,
        items: int | None = None,
        throttle: bool = False,
        smtp: bool = False,
        arguments: tuple[str, ...] = (),
    ) -> None:
        command = [sys.executable, "-m", "app.sandbox", "--port", "0", "--json", "--until-eof", *arguments]
        command += [] if items is None else ["--items", str(items)]
        command += [] if throttle else ["--no-throttle"]
        command += ["--smtp-port", "0"] if smtp else []
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The sandbox did not start: exit code {self._process.wait()}")
        ready = json.loads(line)
        self.url: str = ready["url"]
        self.smtp_port: int | None = ready["smtp_port"]
        self._session = requests.Session()

    def settings(self) -> dict[str, str]:
        """The environment values with which the app uses this sandbox, mail included when it catches any."""
        settings = {
            "QBO_CLIENT_ID": "sandbox-client",
            "QBO_CLIENT_SECRET": "sandbox-secret",
            "QBO_ENVIRONMENT": "sandbox",
            "QBO_AUTHORIZE_URL": f"{self.url}/connect/oauth2",
            "QBO_TOKEN_URL": f"{self.url}/oauth2/v1/tokens/bearer",
            "QBO_REVOKE_URL": f"{self.url}/v2/oauth2/tokens/revoke",
            "QBO_API_URL": self.url,
        }
        if self.smtp_port is not None:
            settings |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.smtp_port)}
        return settings

    def control(self, path: str, body: Any = None, *, method: str | None = None, **query: str) -> Any:
        """The control API's answer at `/_control/<path>`: GET without a body, POST with one."""
        address = f"{self.url}/_control/{path.lstrip('/')}"
        verb = method or ("GET" if body is None else "POST")
        answer = self._session.request(verb, address, json=body, params=query, timeout=60)
        if not answer.ok:
            raise RuntimeError(f"{verb} {address}: {answer.status_code} {answer.text}")
        return answer.json()

    def reset(self, items: int | None = None) -> None:
        """As at the start, with generated items or (None) the demo catalogue; throttling stays off."""
        self.control("reset", {"items": items})
        self.control("settings", {"throttle": False})

    def fault(self, kind: str, **more: Any) -> None:
        """The next request meets this fault; `app.sandbox.faults.Fault` lists what more it takes."""
        self.control("faults", {"kind": kind, **more})

    def clear_faults(self) -> None:
        self.control("faults", method="DELETE")

    def requests(self, contains: str = "") -> list[dict[str, Any]]:
        """The last requests to the simulated provider, oldest first, those that contain the text."""
        listed: list[dict[str, Any]] = self.control("requests", contains=contains)["requests"]
        return listed

    def forget_requests(self) -> None:
        self.control("requests", method="DELETE")

    def tokens(self, realm: str | None = None) -> dict[str, Any]:
        """New tokens without the walk through the consent page, and the `realm` they open."""
        issued: dict[str, Any] = self.control("tokens", {"issue": realm or True})
        return issued

    def consent(
        self, redirect_uri: str, state: str = "state", *, realm: str | None = None, allow: bool = True
    ) -> str:
        """The address to which the consent page sends the browser back."""
        asked = {
            "client_id": "sandbox-client",
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": redirect_uri,
        }
        return self.decide(
            f"{self.url}/connect/oauth2?{urlencode(asked | {'state': state})}", realm=realm, allow=allow
        )

    def decide(self, authorize_url: str, *, realm: str | None = None, allow: bool = True) -> str:
        """Presses a button of the consent page at this address; where it leads."""
        realm = realm or self.companies()[0]["realm"]
        form = {"decision": "allow" if allow else "refuse", "realm": realm}
        answer = self._session.post(authorize_url, form, allow_redirects=False, timeout=60)
        if answer.status_code != 303:
            raise RuntimeError(f"The consent page refused: {answer.text}")
        return answer.headers["Location"]

    def companies(self) -> list[dict[str, Any]]:
        """Each with `realm`, `name` and the number of its `items`."""
        companies: list[dict[str, Any]] = self.control("state")["companies"]
        return companies

    def mails(self) -> list[dict[str, Any]]:
        """The messages caught, newest first."""
        messages: list[dict[str, Any]] = self.control("mailbox")["messages"]
        return messages

    def stop(self) -> None:
        """The process has ended."""
        self._session.close()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
