from __future__ import annotations

import smtplib
from email.message import EmailMessage

import requests

from app.sandbox.mailbox import KEPT, Mailbox
from tests.support.sandbox import SandboxProcess


def _send(process: SandboxProcess, subject: str = "Sync finished: 240 created") -> None:
    message = EmailMessage()
    message["From"] = "lotledger@example.com"
    message["To"] = "jö@example.com"
    message["Subject"] = subject
    message.set_content("See http://localhost:5000/sync-runs/1 木\n")
    message.add_alternative(
        "<p>See <a href='http://localhost:5000/sync-runs/1'>the run</a></p>", subtype="html"
    )
    assert process.smtp_port
    with smtplib.SMTP("127.0.0.1", process.smtp_port, timeout=10) as smtp:
        smtp.send_message(message)


def test_mail_is_caught_with_all_its_parts(process: SandboxProcess) -> None:
    _send(process, "Grüße 木")
    mail = process.mails()[0]
    assert (mail["subject"], mail["from"], mail["to"]) == (
        "Grüße 木",
        "lotledger@example.com",
        ["jö@example.com"],
    )
    assert mail["text"] == "See http://localhost:5000/sync-runs/1 木\n"
    assert "<p>See" in mail["html"]


def test_mail_can_be_read_on_pages(process: SandboxProcess) -> None:
    _send(process)
    number = process.mails()[0]["number"]
    assert "Sync finished: 240 created" in requests.get(f"{process.url}/mailbox", timeout=10).text
    page = requests.get(f"{process.url}/mailbox/{number}", timeout=10).text
    assert '<a href="http://localhost:5000/sync-runs/1"' in page
    assert f"/mailbox/{number}/html" in page


def test_the_html_part_runs_nothing_and_loads_nothing(process: SandboxProcess) -> None:
    _send(process)
    answer = requests.get(f"{process.url}/mailbox/{process.mails()[0]['number']}/html", timeout=10)
    assert answer.text.startswith("<p>See")
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def test_the_mailbox_keeps_the_last_hundred_and_numbers_stay() -> None:
    mailbox = Mailbox()
    for number in range(KEPT + 5):
        mailbox.catch("a@example.com", ["b@example.com"], f"Subject: {number}\r\n\r\nhello".encode())
    mails = mailbox.all()
    assert (len(mails), mails[0].subject, mails[-1].number) == (KEPT, "104", 6)
