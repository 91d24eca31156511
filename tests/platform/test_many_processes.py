"""Two web processes and three workers on shared servers are one installation (design section 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from flask import Flask

from tests.items.connected import connect
from tests.support.live import LiveSite
from tests.support.people import PASSWORD, create_user
from tests.support.processes import wait_until
from tests.support.sandbox import SandboxProcess


@pytest.fixture
def sites(
    app: Flask, process_environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[LiveSite, LiveSite]]:
    """Two web processes, one with two workers beside it and one with one."""
    with ExitStack() as stack:
        first = stack.enter_context(LiveSite(process_environment, tmp_path / "first", workers=2))
        yield first, stack.enter_context(LiveSite(process_environment, tmp_path / "second", workers=1))


class Person:
    """A browser without script, at whichever process it likes."""

    def __init__(self) -> None:
        self.session = requests.Session()

    def get(self, site: LiveSite, path: str) -> str:
        answer = self.session.get(site.url + path, timeout=20)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, site: LiveSite, path: str, page: str, **data: str) -> requests.Response:
        """Posts with the token of a page that another process may have rendered."""
        found = re.search(r'name="csrf_?-?token" (?:content|value)="([^"]+)"', page)
        assert found
        token = {"csrf_token": found[1]}
        return self.session.post(site.url + path, data | token, timeout=20, allow_redirects=False)


def test_what_begins_at_one_process_goes_on_at_the_others(
    app: Flask, sandbox: SandboxProcess, sites: tuple[LiveSite, LiveSite]
) -> None:
    one, other = sites
    with app.app_context():
        connection_id = connect(sandbox)
        email = create_user().email
    person = Person()
    person.post(one, "/login", person.get(one, "/login"), email=email, password=PASSWORD)
    assert "Sync items" in person.get(other, "/settings/integrations")
    for first, second in (sites, sites[::-1]):
        page = person.get(first, "/items")
        answer = person.post(second, f"/items/sync/{connection_id}", page)
        run = answer.headers["Location"]
        wait_until(lambda first=first, run=run: "What changed" in person.get(first, run), "the run")
    assert "2 runs" in person.get(other, "/sync-runs")
    wait_until(lambda: requests.get(f"{one.url}/readyz", timeout=20).json()["workers"] == 3, "all workers")
