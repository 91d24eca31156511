from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest
import requests

from tests.support.sandbox import ROOT, SandboxProcess


def test_the_sandbox_ends_with_its_input(process: SandboxProcess) -> None:
    other = SandboxProcess(items=1)
    assert other.url != process.url
    other.stop()
    assert other._process.returncode == 0


def test_a_taken_port_is_told_in_one_sentence(process: SandboxProcess) -> None:
    port = process.url.rpartition(":")[2]
    command = [sys.executable, "-m", "app.sandbox", "--port", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Choose another --port" in done.stderr


def test_connections_stay_open_between_requests(process: SandboxProcess) -> None:
    with requests.Session() as session:
        first = session.get(f"{process.url}/mailbox", timeout=10, stream=True)
        connection = first.raw._connection
        assert first.content
        second = session.get(f"{process.url}/mailbox", timeout=10, stream=True)
        assert second.raw._connection is connection
        assert second.content


@pytest.mark.parametrize("length", ["many", "-5", "1_0"])
def test_a_length_that_is_none_is_refused_at_once(process: SandboxProcess, length: str) -> None:
    host, _, port = process.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"POST /mailbox HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 400 ")


def test_the_replay_serves_rendered_pages() -> None:
    command = [sys.executable, "-m", "app.sandbox.replay", "--items", "2500", "--until-eof"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as replay:
        assert replay.stdin and replay.stdout
        url = json.loads(replay.stdout.readline())["url"]
        with requests.Session() as session:

            def ask(statement: str) -> dict[str, object]:
                answer = session.get(f"{url}/v3/company/1/query", params={"query": statement}, timeout=10)
                response: dict[str, object] = answer.json()["QueryResponse"]
                return response

            assert ask("SELECT COUNT(*) FROM Item") == {"totalCount": 2500}
            last = ask("SELECT * FROM Item ORDERBY Id STARTPOSITION 2001 MAXRESULTS 1000")
            assert (last["startPosition"], last["maxResults"]) == (2001, 500)
            assert ask("SELECT * FROM Item STARTPOSITION 2501") == {}
            assert "access_token" in session.post(f"{url}/oauth2/v1/tokens/bearer", timeout=10).json()
        replay.stdin.close()
        assert replay.wait(10) == 0
