"""Who gets the mail that follows a sync, and what happens when it cannot be sent (design section 11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from rq import Queue

from app import create_app
from app.extensions import db
from app.foundation.background.jobs import connection_for
from app.foundation.background.processes import port_is_free
from app.foundation.clock import utcnow
from app.foundation.mail import MailFailed
from app.items.sync import runs as item_runs
from app.people.models import RolePermission
from app.people.permissions import Role
from app.sync import summary
from app.sync.endings import get_run
from app.sync.models import RunKind, RunStatus
from app.sync.work import ActiveRun, Counts, carry_out
from config import Settings
from tests.items.connected import connect, stored
from tests.support.mail import MailServer
from tests.support.people import create_user
from tests.support.sandbox import SandboxProcess
from tests.support.workers import work_off
from tests.support.workspace import create_workspace
from tests.sync.builders import create_connection, create_run, restock

WISHES = ("never", "failures", "always")
CLOSED_PORT = "9"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mailing(app: Flask, environment: dict[str, str], mail: MailServer) -> Iterator[Flask]:
    """The app with a mail server, its context open."""
    settings = environment | mail.settings | {"APP_URL": "https://lots.example.com"}
    other = create_app(Settings.from_environment(settings))
    with other.app_context():
        create_workspace()
        yield other
        db.session.remove()
        db.engine.dispose()


def ended(status: RunStatus = RunStatus.SUCCEEDED, **overrides: object) -> int:
    """A run that has ended so."""
    return create_run(create_connection(), status=status, finished_at=utcnow(), **overrides).id


def everybody() -> None:
    """A member of each role with each wish."""
    for role, wish in product(Role, WISHES):
        if role is Role.OWNER and wish != "always":
            continue  # there is one Owner
        create_user(role, email=f"{wish}.{role}@example.com", sync_mail=wish)


def recipients(mail: MailServer) -> set[str]:
    return {address for each in mail.mails for address in each.recipients}


def test_a_success_is_told_to_those_who_always_want_to_hear(mailing: Flask, mail: MailServer) -> None:
    everybody()
    summary.send(ended())
    assert recipients(mail) == {f"always.{role}@example.com" for role in ("owner", "admin", "accountant")}


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.SUPERSEDED])
def test_a_failure_is_told_to_those_who_want_failures_too(
    mailing: Flask, mail: MailServer, status: RunStatus
) -> None:
    everybody()
    summary.send(ended(status, message="QuickBooks did not answer."))
    wanted = {f"{wish}.{role}@example.com" for wish in WISHES[1:] for role in ("admin", "accountant")}
    assert recipients(mail) == wanted | {"always.owner@example.com"}
    assert "QuickBooks did not answer." in mail.mails[0].text
    assert "Nothing was changed" in mail.mails[0].html


def test_who_may_not_see_syncs_gets_no_mail(mailing: Flask, mail: MailServer) -> None:
    create_user("builder", email="allowed@example.com", sync_mail="always")
    create_user("accountant", sync_mail="always")
    create_user("admin", sync_mail="always", is_active=False)
    db.session.add(RolePermission(role="builder", permission="sync_items", granted=True))
    db.session.add(RolePermission(role="accountant", permission="sync_items", granted=False))
    db.session.commit()
    summary.send(ended())
    assert recipients(mail) == {"allowed@example.com"}


def test_the_mail_has_the_counts_and_the_link_in_both_parts(mailing: Flask, mail: MailServer) -> None:
    create_user("owner", sync_mail="always")
    run_id = ended(
        title="Item sync of <Alder> & Finch", created=1203, updated=17, deactivated=5, skipped=40_000
    )
    summary.send(run_id)
    (message,) = mail.mails
    assert message.message.get_content_type() == "multipart/alternative"
    for count in ("1203", "17", "5", "40000"):
        assert f" {count}\n" in message.text
        assert f">{count}</td>" in message.html
    assert f"\nhttps://lots.example.com/sync-runs/{run_id}\n" in message.text
    assert f'<a href="https://lots.example.com/sync-runs/{run_id}">' in message.html
    assert message.subject == "Item sync of <Alder> & Finch: succeeded"
    assert "Item sync of &lt;Alder&gt; &amp; Finch" in message.html


@pytest.mark.parametrize(("products", "more"), [(2, 0), (22, 2)])
def test_the_mail_lists_which_products_stock_changed_from_what_to_what(
    mailing: Flask, mail: MailServer, products: int, more: int
) -> None:
    create_user("owner", sync_mail="always")
    run_id = ended()
    restock(run_id, products)
    summary.send(run_id)
    (message,) = mail.mails
    words = "On hand: 40 → 55; Unit cost: 3.5 → 4"
    assert f"  Oak <01>: {words}\n  Oak <02>: {words}\n" in message.text
    assert f"Oak &lt;02&gt;</th><td>{words}</td>" in message.html
    assert message.text.count(words) == message.html.count(words) == products - more
    assert (f"and {more} more, on the run's page" in message.text) == bool(more)
    assert (f"And {more} more, on the run’s page." in message.html) == bool(more)


def test_an_address_that_cannot_be_used_does_not_keep_the_mail_from_others(
    mailing: Flask, mail: MailServer
) -> None:
    create_user("owner", email="ada@", sync_mail="always")
    create_user("admin", email="grace@example.com", sync_mail="always")
    with pytest.raises(MailFailed):
        summary.send(ended())
    assert recipients(mail) == {"grace@example.com"}


def test_without_a_mail_server_nothing_is_sent_and_nothing_fails(context: Flask) -> None:
    create_workspace()
    create_user("owner", sync_mail="always")
    summary.send(ended())


def test_a_run_that_is_gone_is_no_error(mailing: Flask, mail: MailServer) -> None:
    summary.send(4711)
    assert mail.mails == []


def waiting_mails(redis_url: str) -> int:
    with connection_for(redis_url) as connection:
        return len(Queue("mail", connection=connection))


@pytest.mark.parametrize(("kind", "mails"), [(RunKind.ITEM_SYNC, 1), (RunKind.ITEM_PREVIEW, 0)])
def test_each_sync_has_one_summary_and_a_preview_none(
    mailing: Flask, redis_url: str, kind: RunKind, mails: int
) -> None:
    def work(active: ActiveRun) -> None:
        with db.engine.begin() as connection:
            active.succeed(connection, Counts())

    run = create_run(create_connection(), kind=kind)
    carry_out(run.id, work)
    carry_out(run.id, work)
    assert waiting_mails(redis_url) == mails


def test_a_mail_server_that_is_down_does_no_harm_to_the_sync(
    context: Flask, sandbox: SandboxProcess, process_environment: dict[str, str]
) -> None:
    assert port_is_free(int(CLOSED_PORT))
    connection_id = connect(sandbox)
    user = create_user("owner", sync_mail="always")
    run_id = item_runs.start(connection_id, user.id).id
    log = work_off(process_environment | {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": CLOSED_PORT})
    run = get_run(run_id)
    assert (run.status, run.message) == ("succeeded", None)
    assert run.created == len(stored()) > 0
    assert "mail not sent" in log
