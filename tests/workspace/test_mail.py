"""Mail goes out in two parts, to one person, or says plainly why it does not (design section 11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.foundation.mail import MailFailed, send_mail
from tests.people.member import Member
from tests.workspace.post_office import PostOffice

ALERTS = "/settings/alerts"


@pytest.fixture
def olga(mailing_app: Flask, owner: Member) -> Member:
    """The Owner at the application that has a mail server."""
    with mailing_app.app_context():
        row = owner.row()
    return Member(mailing_app, row)


def test_the_test_mail_arrives_in_two_parts(olga: Member, post_office: PostOffice) -> None:
    page = olga.submit(olga.get(ALERTS), "Send a test mail to me")
    assert page.notices == ["A test mail is on its way to olga@example.com."]
    (mail,) = post_office.mails
    assert (mail["To"], mail["From"]) == ("olga@example.com", "l@example.com")
    text, html = post_office.parts()
    assert "of Alder & Finch." in text and "<strong>Alder &amp; Finch</strong>" in html


def test_an_invitation_is_mailed_with_its_link(olga: Member, post_office: PostOffice) -> None:
    page = olga.submit(olga.get("/settings/team"), "Invite", email="nia@example.com", role="builder")
    assert page.notices[0] == "The invitation was mailed to nia@example.com."
    link = page.document.one("input", id="invitation-link")["value"]
    assert link.startswith("http://localhost/invitations/")
    text, html = post_office.parts()
    assert link in text and f'href="{link}"' in html and "as Builder" in text


def test_a_server_that_refuses_leaves_the_link_to_copy(olga: Member, post_office: PostOffice) -> None:
    post_office.refuses = True
    page = olga.submit(olga.get("/settings/team"), "Invite", email="nia@example.com", role="builder")
    assert "could not be sent: the mail server refused it. Copy the link below" in page.notices[0]
    assert page.document.one("input", id="invitation-link")["value"]


def test_a_server_that_cannot_be_reached_is_named_so(
    mailing_app: Flask, olga: Member, post_office: PostOffice
) -> None:
    mailing_app.extensions["mailman"].port = 1
    page = olga.submit(olga.get(ALERTS), "Send a test mail to me")
    assert page.notices == [
        "The mail to olga@example.com could not be sent: the mail server could not be reached."
    ]


def test_a_subject_of_several_lines_is_brought_onto_one(mailing_app: Flask, post_office: PostOffice) -> None:
    with mailing_app.app_context():
        assert send_mail("a@example.com", "Hello\r\nBcc: all@example.com", "workspace/mail/test")
    (mail,) = post_office.mails
    assert mail["Subject"] == "Hello Bcc: all@example.com" and mail["Bcc"] is None


@pytest.mark.parametrize("to", ["a@example.com\nBcc: b@example.com", "a@example.com\r\n\r\nbody"])
def test_an_address_of_several_lines_is_refused(mailing_app: Flask, post_office: PostOffice, to: str) -> None:
    with mailing_app.app_context(), pytest.raises(MailFailed, match="not an e-mail address"):
        send_mail(to, "Hello", "workspace/mail/test")
    assert post_office.mails == []


def test_names_in_any_script_arrive_whole(mailing_app: Flask, olga: Member, post_office: PostOffice) -> None:
    olga.submit(olga.get("/settings/profile"), "Save", first_name="Ольга", last_name="大野")
    olga.submit(olga.get("/settings/team"), "Invite", email="nia@example.com", role="builder")
    assert post_office.mails[0]["Subject"] == "Ольга 大野 invites you to Lotledger"
    assert "Ольга 大野" in post_office.parts()[0]


def test_test_mails_cannot_be_sent_in_masses(olga: Member, post_office: PostOffice) -> None:
    for _ in range(5):
        assert olga.send(f"{ALERTS}/test-mail").status_code == 303
    assert olga.send(f"{ALERTS}/test-mail").status_code == 429
    assert len(post_office.mails) == 5


def test_without_a_server_the_page_says_that_no_mail_goes_out(app: Flask, owner: Member) -> None:
    page = owner.get(ALERTS)
    assert "No mail goes out." in page.main
    assert "Send a test mail to me" not in page.main
    assert owner.send(f"{ALERTS}/test-mail").status_code == 303
    assert owner.get(ALERTS).notices == ["No mail server is configured."]
    with app.app_context():
        assert send_mail("a@example.com", "Hello", "workspace/mail/test") is False


@pytest.mark.parametrize("choice", ["never", "failures", "always"])
def test_each_person_chooses_for_themselves(
    owner: Member, member: Callable[[str], Member], choice: str
) -> None:
    builder = member("builder")
    builder.submit(builder.get(ALERTS), "Save", sync_mail=choice)
    assert (builder.row().sync_mail, owner.row().sync_mail) == (choice, "failures")


@pytest.mark.parametrize("choice", ["hourly", "", "always\x00"])
def test_a_forged_choice_is_refused(owner: Member, choice: str) -> None:
    assert owner.send(ALERTS, sync_mail=choice).status_code == 400
    assert owner.row().sync_mail == "failures"
