from __future__ import annotations

import time

import pytest
import requests

from tests.support.sandbox import SandboxProcess


class Books:
    """A company as an app reads it, over HTTP."""

    def __init__(self, process: SandboxProcess) -> None:
        self.tokens = process.tokens()
        self.process = process

    def get(self, path: str = "preferences", timeout: float = 10) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", "Accept": "application/json"}
        address = f"{self.process.url}/v3/company/{self.tokens['realm']}/{path}"
        return requests.get(address, headers=headers, timeout=timeout)


@pytest.fixture
def books(process: SandboxProcess) -> Books:
    return Books(process)


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("rate_limit", 429, '"3001"'),
        ("server_error", 500, '"10000"'),
        ("unavailable", 503, "<html>"),
        ("unauthorized", 401, '"3200"'),
        ("html", 200, "<html>"),
        ("not_json", 200, '{"QueryResponse":'),
        ("wrong_json", 200, "["),
        ("fault_in_200", 200, '"Fault"'),
    ],
)
def test_a_fault_answers_once_in_place_of_the_company(
    books: Books, kind: str, status: int, body: str
) -> None:
    books.process.fault(kind)
    faulty = books.get()
    assert faulty.status_code == status
    assert body in faulty.text
    assert faulty.headers["intuit_tid"]
    assert "Preferences" in books.get().json()


def test_retry_after_is_sent_only_when_asked_for(books: Books) -> None:
    books.process.fault("rate_limit")
    books.process.fault("rate_limit", retry_after=30)
    assert [books.get().headers.get("Retry-After") for _ in range(2)] == [None, "30"]


def test_an_empty_body_is_empty(books: Books) -> None:
    books.process.fault("empty")
    assert books.get().content == b""


@pytest.mark.parametrize("kind", ["cut", "dropped"])
def test_the_connection_breaks_in_or_before_the_body(books: Books, kind: str) -> None:
    books.process.fault(kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        books.get()
    assert books.get().ok


def test_silence_lasts_beyond_the_clients_patience(books: Books) -> None:
    books.process.fault("silent", seconds=1)
    with pytest.raises(requests.ReadTimeout):
        books.get(timeout=0.3)


def test_a_slow_answer_is_late_but_whole(books: Books) -> None:
    books.process.fault("slow", seconds=0.4)
    started = time.monotonic()
    assert "Preferences" in books.get().json()
    assert time.monotonic() - started >= 0.4


def test_a_trickling_answer_never_pauses_for_long(books: Books) -> None:
    books.process.fault("trickle", seconds=1)
    started = time.monotonic()
    assert "Preferences" in books.get(timeout=0.6).json()
    assert time.monotonic() - started >= 0.9


@pytest.mark.parametrize("kind", ["huge", "bomb"])
def test_a_huge_body_is_as_huge_as_promised(books: Books, kind: str) -> None:
    books.process.fault(kind, megabytes=3)
    assert len(books.get().content) >= 3 * 1024 * 1024


def test_faults_wait_for_matching_requests_and_let_some_pass(books: Books) -> None:
    books.process.fault("server_error", contains="STARTPOSITION 1001", skip=1, times=2)
    second_page = "query?query=SELECT+*+FROM+Item+STARTPOSITION+1001"
    statuses = [books.get(second_page).status_code for _ in range(2)]
    statuses += [books.get().status_code, *(books.get(second_page).status_code for _ in range(2))]
    assert statuses == [200, 500, 200, 500, 200]


def test_a_token_can_be_rotated_without_its_answer_arriving(books: Books) -> None:
    address = books.process.settings()["QBO_TOKEN_URL"]
    form = {"grant_type": "refresh_token", "refresh_token": books.tokens["refresh_token"]}
    books.process.fault("server_error", contains="/tokens/bearer", processed=True)
    statuses = [
        requests.post(address, form, auth=("sandbox-client", "sandbox-secret"), timeout=10).status_code
        for _ in range(2)
    ]
    assert statuses == [500, 400]


def test_every_fault_leaves_its_name_in_the_log(books: Books) -> None:
    books.process.fault("html")
    books.get()
    books.get()
    assert [(entry["fault"], entry["status"]) for entry in books.process.requests("preferences")] == [
        ("html", 200),
        (None, 200),
    ]
