"""What becomes of a consent: a new connection, a renewed one, or a question (OQ-51)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.clock import utcnow
from app.integrations.consent.attempts import Attempt
from app.integrations.consent.grants import Grant, give_back
from app.integrations.consent.holding import hold
from app.integrations.errors import TooManyConnections
from app.integrations.expiry import subject_of
from app.integrations.inventory import settle_mode
from app.integrations.locks import lock_all, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.integrations.service import MOST_CONNECTIONS, forget_problem, get_connection
from app.integrations.tokens import vault
from app.providers import registry


@dataclass(frozen=True)
class Settled:
    """What the person reads next: a sentence, or (`ask`) a question, kept with the attempt of this id.

    `choose` is the connection that has come (back) and whose inventory mode nobody has chosen (ONB-1).
    """

    sentence: str = ""
    ask: int | None = None
    choose: int | None = None


@dataclass(frozen=True)
class Stored:
    """A row that is active now; `remark` is a sentence on its inventory mode, where that was set just now."""

    connection: Connection
    remark: str
    choose: int | None
    """The row's id, if it was not connected before and its inventory mode is to be chosen."""


def settle(attempt: Attempt, grant: Grant) -> Settled:
    """The grant is stored in its company's row, or held when another company was to be renewed.

    Raises TooManyConnections, after which nothing is stored.
    """
    try:
        with locking_transaction() as session:
            lock_all(session)
            known = row_of(session, grant)
            wanted = None if attempt.connection_id is None else get_connection(attempt.connection_id)
            other_company = wanted is not None and wanted is not known
            if other_company and not (known and known.state != ConnectionState.DISCONNECTED):
                hold(session, attempt.id, grant)
                return Settled(ask=attempt.id)
            other = wanted.company_name if wanted and other_company else None
            made = store(session, grant, known, attempt.user_id)
            return Settled(_sentence(known, made, other), choose=made.choose)
    except TooManyConnections:
        give_back(grant.provider, grant.company_id, grant.tokens)
        raise


def row_of(session: Session, grant: Grant) -> Connection | None:
    """The row of the grant's company, locked; None if it was never connected."""
    statement = select(Connection).where(
        Connection.provider == grant.provider, Connection.external_company_id == grant.company_id
    )
    return session.scalar(statement.with_for_update(key_share=True).execution_options(populate_existing=True))


def store(
    session: Session,
    grant: Grant,
    known: Connection | None,
    user_id: int,
    item_types: Sequence[str] | None = None,
) -> Stored:
    """The company's row is active with the grant's tokens; whoever calls this holds `lock_all`.

    A renewed row keeps its settings (CONN-23). A new one takes `item_types`, or the provider's defaults.
    Raises TooManyConnections.
    """
    arrives = known is None or known.state == ConnectionState.DISCONNECTED
    if arrives:
        _check_room(session)
    connection = known or _new_row(session, grant, item_types)
    before = None if known is None else {"state": known.state, "company": known.company_name}
    if arrives:
        connection.connected_at, connection.connected_by = utcnow(), user_id
        connection.disconnected_at = None
    connection.state = ConnectionState.ACTIVE
    connection.company_name, connection.currency = grant.company_name, grant.currency
    forget_problem(connection)
    vault.store_tokens(connection, grant.tokens)
    session.add(connection)
    record(
        action="connection.reconnected" if known else "connection.connected",
        subject=subject_of(connection),
        before=before,
        after={"state": ConnectionState.ACTIVE, "company": grant.company_name},
        user_id=user_id,
    )
    remark = settle_mode(session, connection, user_id)
    undecided = arrives and connection.inventory_mode is None
    return Stored(connection, remark, connection.id if undecided else None)


def _new_row(session: Session, grant: Grant, item_types: Sequence[str] | None) -> Connection:
    """A row that is not in the database yet but knows its id, for which its tokens are sealed."""
    defaults = registry.capabilities(grant.provider).default_item_types
    return Connection(
        id=session.scalar(select(func.nextval(func.pg_get_serial_sequence("connections", "id")))),
        provider=grant.provider,
        external_company_id=grant.company_id,
        state=ConnectionState.DISCONNECTED,
        item_types=list(item_types or defaults),
    )


def _check_room(session: Session) -> None:
    statement = select(func.count()).where(Connection.state != ConnectionState.DISCONNECTED)
    if (session.scalar(statement) or 0) >= MOST_CONNECTIONS:
        raise TooManyConnections


def _sentence(known: Connection | None, made: Stored, other: str | None) -> str:
    name = made.connection.company_name
    if known is None:
        next_step = "" if made.choose else "Look at what a sync would bring, then sync its items."
        return " ".join(filter(None, (f"{name} is connected.", made.remark, next_step)))
    if other is None:
        rest = "Everything else is as it was before." if made.remark else "Everything is as it was before."
        return " ".join(filter(None, (f"{name} is connected again.", made.remark, rest)))
    return (
        f"You chose {name}, which is connected already, so its access was renewed. "
        f"{other} was left as it was."
    )
