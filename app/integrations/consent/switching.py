"""Replacing a connection's company, once the person has said so (OQ-51).

External ids mean nothing outside their company, so the old company's row is ended, its links are dropped, and
the new company gets (or gets back) a row of its own. Items of two companies are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.audit import record
from app.integrations import guards
from app.integrations.consent.connecting import Settled, row_of, store
from app.integrations.consent.grants import give_back
from app.integrations.consent.holding import held, take
from app.integrations.expiry import subject_of
from app.integrations.locks import lock_all, locked, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.integrations.service import end, get_connection
from app.providers import registry


@dataclass(frozen=True)
class Question:
    """What the person must know before the company is replaced."""

    label: str
    old_company: str
    new_company: str
    links: int
    """Products linked to the old company's items, whose links would be dropped."""


def question(attempt_id: int, user_id: int, session_secret: str) -> Question:
    """What is to be decided; raises NotFoundError when nothing waits for this person."""
    found = held(db.session(), attempt_id, user_id, session_secret)
    connection = get_connection(found.connection_id)
    return Question(
        label=registry.label(connection.provider),
        old_company=connection.company_name,
        new_company=found.grant.company_name,
        links=guards.count_links(connection.id),
    )


def switch(attempt_id: int, user_id: int, session_secret: str) -> Settled:
    """The new company is connected in place of the old one; returns the sentence to show and what to choose.

    Raises NotFoundError, or TooManyConnections (the decision then still waits).
    """
    with locking_transaction() as session:
        lock_all(session)
        found = take(session, attempt_id, user_id, session_secret)
        old = locked(session, found.connection_id) or get_connection(found.connection_id)
        dropped = _retire(session, old, user_id)
        new = store(session, found.grant, row_of(session, found.grant), user_id, old.item_types)
        sentence = f"{new.connection.company_name} is connected in place of {old.company_name}."
        told = (sentence, _dropped(dropped) if dropped else "", new.remark)
        return Settled(" ".join(filter(None, told)), choose=new.choose)


def keep(attempt_id: int, user_id: int, session_secret: str) -> Settled:
    """The old company stays as it was and the other consent is given back; returns the sentence to show."""
    with locking_transaction() as session:
        found = take(session, attempt_id, user_id, session_secret)
        connection = get_connection(found.connection_id)
        name, still_lost = connection.company_name, not connection.is_active
    give_back(found.grant.provider, found.grant.company_id, found.grant.tokens)
    sentence = f"Nothing was changed: the connection still belongs to {name}."
    advice = " Reconnect it while signed in to that company." if still_lost else ""
    return Settled(sentence + advice)


def _retire(session: Session, old: Connection, user_id: int) -> int:
    """The old company is disconnected in this transaction and its links are dropped; returns how many."""
    dropped = guards.drop_links(old.id)
    record(
        action="connection.replaced",
        subject=subject_of(old),
        before={"state": old.state, "linked_products": dropped},
        after={"state": ConnectionState.DISCONNECTED, "linked_products": 0},
        user_id=user_id,
    )
    if old.state != ConnectionState.DISCONNECTED:
        end(old)
    session.flush()
    return dropped


def _dropped(count: int) -> str:
    return "One product lost its link." if count == 1 else f"{count} products lost their links."
