"""How a connection is: on its page, on every page, and in the mail that follows its expiry."""

from __future__ import annotations

import socket
from datetime import timedelta
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from redis import ConnectionPool, Redis
from rq import Queue

from app.foundation.clock import utcnow
from app.foundation.mail import MailFailed
from app.foundation.transaction import transaction
from app.integrations import service
from app.integrations.gateway import open_provider
from app.integrations.jobs import mail_expired
from app.integrations.tokens.current import ConnectionTokens
from app.people.models import User
from app.providers.errors import AuthorizationLost
from tests.support.integrations import Visitor, audited, create_connection, stored


@pytest.fixture
def redis_gone(app):
    pool = app.extensions["redis_pool"]
    app.extensions["redis_pool"] = ConnectionPool.from_url("redis://127.0.0.1:1/0", decode_responses=True)
    yield
    app.extensions["redis_pool"] = pool


def queued(app) -> int:
    with Redis.from_url(app.config["REDIS_URL"]) as connection:
        return Queue("mail", connection=connection).count


def test_a_healthy_connection_shows_company_and_last_sync(owner, sandbox):
    create_connection(owner.app, sandbox)
    assert "never" in owner.page()
    with owner.app.app_context():
        service.record_sync_success(1, utcnow() - timedelta(minutes=5))
    page = owner.page()
    assert "5 minutes ago" in page
    assert '<span class="badge good">Connected</span>' in page


def test_the_calls_spent_are_counted(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context():
        open_provider(1).company()
    assert "499,998" in owner.page()


def test_a_problem_is_shown_with_what_to_do_and_its_reference(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context():
        service.record_problem(1, "QuickBooks was not well.", "1-abc")
    page = owner.page()
    assert "QuickBooks was not well." in page
    assert "Try the sync again" in page
    assert "1-abc" in page
    assert "Needs attention" in page


def test_a_success_forgets_the_problem(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context():
        service.record_problem(1, "QuickBooks was not well.")
        service.record_sync_success(1, utcnow())
    assert stored(owner.app).last_problem is None
    assert "Needs attention" not in owner.page()


def test_without_redis_the_page_still_shows_the_connection(owner, sandbox, redis_gone):
    create_connection(owner.app, sandbox)
    assert "Redis does not answer" in owner.page()


def test_an_expired_connection_prompts_on_every_page_of_those_who_may_reconnect(owner, sandbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context():
        service.mark_expired(1, "QuickBooks no longer accepts this connection.")
    prompt = "The connection of Alder & Finch Woodworks to QuickBooks Online has expired"
    assert prompt in owner.page("/settings/profile").replace("&amp;", "&")
    builder = Visitor(owner.app, sandbox, "builder")
    assert prompt not in builder.page("/settings/profile").replace("&amp;", "&")
    page = owner.page()
    assert '<span class="badge bad">Expired</span>' in page
    assert "Nothing is lost" in page


def test_a_consent_withdrawn_at_the_provider_prompts_to_reconnect(owner, sandbox, alder):
    create_connection(owner.app, sandbox, access_expires_at=utcnow())
    sandbox.control("tokens", {"revoke": True})
    with owner.app.app_context(), pytest.raises(AuthorizationLost):
        open_provider(1).company()
    assert "has expired: nothing can be synced" in owner.page()
    owner.connect(alder, connection_id=1)
    assert "has expired: nothing can be synced" not in owner.page()


def test_expiry_is_mailed_once_and_audited_once(owner, sandbox):
    create_connection(owner.app, sandbox, access_expires_at=utcnow())
    sandbox.control("tokens", {"revoke": True})
    for _ in range(3):
        with owner.app.app_context(), pytest.raises(AuthorizationLost):
            ConnectionTokens(1).current()
    with owner.app.app_context():
        service.mark_expired(1, "Again.")
    assert queued(owner.app) == 1
    assert [action for action, _ in audited(owner.app)] == ["connection.expired"]


def test_the_mail_goes_to_those_who_may_reconnect(owner, sandbox, mailbox):
    for role in ("builder", "accountant"):
        Visitor(owner.app, sandbox, role)
    create_connection(owner.app, sandbox, state="expired", last_problem="QuickBooks said no.")
    with owner.app.app_context():
        mail_expired(1)
    assert sorted(mail["To"].partition("@")[0].rstrip("0123456789") for mail in mailbox) == [
        "accountant",
        "owner",
    ]
    assert "QuickBooks said no." in mailbox[0].as_string()
    assert "http://localhost/settings/integrations" in mailbox[0].as_string()


def test_one_address_that_is_refused_keeps_the_mail_from_nobody_else(owner, sandbox, mailbox):
    with owner.app.app_context(), transaction() as session:
        session.get_one(User, owner.user_id).email = "no address\n"
    Visitor(owner.app, sandbox, "accountant")
    create_connection(owner.app, sandbox, state="expired", last_problem="QuickBooks said no.")
    with owner.app.app_context(), pytest.raises(MailFailed):
        mail_expired(1)
    assert [mail["To"].partition("@")[0].rstrip("0123456789") for mail in mailbox] == ["accountant"]


def test_no_mail_once_it_was_reconnected(owner, sandbox, mailbox):
    create_connection(owner.app, sandbox)
    with owner.app.app_context():
        mail_expired(1)
    assert mailbox == []


@pytest.fixture
def mailbox(app):
    """What a real SMTP server received, parsed."""
    received: list[Message] = []

    class Keeper:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
            received.append(message_from_bytes(envelope.content))
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    mailman = app.extensions["mailman"]
    before = (mailman.server, mailman.port, app.config["MAIL_SERVER"])
    mailman.server, mailman.port, app.config["MAIL_SERVER"] = "127.0.0.1", port, "127.0.0.1"
    yield received
    mailman.server, mailman.port, app.config["MAIL_SERVER"] = before
    controller.stop()
