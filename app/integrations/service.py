"""What people and rooms above do with connections that exist: look, configure, note what happened, end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select

from app.extensions import db
from app.foundation.audit import record
from app.foundation.clock import utcnow
from app.foundation.crypto import SealError
from app.foundation.errors import InvalidInput, LotledgerError, NotFoundError
from app.integrations import expiry
from app.integrations.clients import oauth_client, page_options
from app.integrations.locks import locked, locking_transaction
from app.integrations.models import Connection, ConnectionState
from app.integrations.tokens import vault
from app.providers import registry
from app.providers.errors import ProviderError

log = structlog.get_logger()

MOST_CONNECTIONS = 2
LARGEST_ID = 2**63 - 1
# Put together once, since every page says how they are.
STANDING = select(Connection).where(Connection.state != ConnectionState.DISCONNECTED).order_by(Connection.id)

mark_expired = expiry.mark_expired


def get_connection(connection_id: int) -> Connection:
    """The connection, in whatever state; raises NotFoundError."""
    found = db.session.get(Connection, connection_id) if 0 < connection_id <= LARGEST_ID else None
    if found is None:
        raise NotFoundError("There is no such connection.")
    return found


def connections() -> Sequence[Connection]:
    """Those that are not disconnected, oldest first; two at most."""
    return db.session.scalars(STANDING).all()


def disconnected() -> Sequence[Connection]:
    """Those that were disconnected, the last one first."""
    statement = select(Connection).where(Connection.state == ConnectionState.DISCONNECTED)
    return db.session.scalars(statement.order_by(Connection.disconnected_at.desc())).all()


def record_sync_success(connection_id: int, at: datetime) -> None:
    """The connection last synced successfully `at`, and whatever went wrong before is forgotten (CONN-22)."""
    with locking_transaction() as session:
        connection = locked(session, connection_id)
        if connection is None:
            return
        connection.last_synced_at = at
        if connection.is_active:
            forget_problem(connection)


def record_problem(connection_id: int, sentence: str, trace_id: str | None = None) -> None:
    """The connection shows what went wrong last, unless it says already that it expired."""
    with locking_transaction() as session:
        connection = locked(session, connection_id)
        if connection is None or connection.state == ConnectionState.EXPIRED:
            return
        connection.last_problem = sentence
        connection.last_problem_at = utcnow()
        connection.last_trace_id = trace_id


def forget_problem(connection: Connection) -> None:
    """The row will say that nothing is wrong."""
    connection.last_problem = connection.last_problem_at = connection.last_trace_id = None


def choose_item_types(connection_id: int, chosen: Collection[str], user_id: int) -> None:
    """Syncs let these item types in (SYNC-4); raises InvalidInput for none or an unknown one."""
    provider = get_connection(connection_id).provider
    offered = [str(item_type) for item_type in registry.capabilities(provider).item_types]
    if not set(chosen) <= set(offered):
        raise InvalidInput("Choose among the item types that are offered.", "item_types")
    if not chosen:
        raise InvalidInput(
            "Choose at least one item type; otherwise a sync would find nothing.", "item_types"
        )
    with locking_transaction() as session:
        connection = _locked_or_missing(locked(session, connection_id))
        before, after = connection.item_types, [name for name in offered if name in chosen]
        if before == after:
            return
        connection.item_types = after
        record(
            action="connection.item_types",
            subject=expiry.subject_of(connection),
            before={"item_types": before},
            after={"item_types": after},
            user_id=user_id,
        )


def disconnect(connection_id: int, user_id: int) -> str | None:
    """The connection is disconnected and its tokens are gone; everything that was synced stays (CONN-30).

    The provider is asked first to revoke them. Returns None, or why that did not work: a sentence.
    """
    connection = get_connection(connection_id)
    problem = _revoke(connection)
    with locking_transaction() as session:
        connection = _locked_or_missing(locked(session, connection_id))
        if connection.state == ConnectionState.DISCONNECTED:
            return None
        record(
            action="connection.disconnected",
            subject=expiry.subject_of(connection),
            before={"state": connection.state},
            after={"state": ConnectionState.DISCONNECTED, "revoked": problem is None},
            user_id=user_id,
        )
        end(connection)
    return problem


def end(connection: Connection) -> None:
    """The locked row will say that it is disconnected, and hold no tokens."""
    connection.state = ConnectionState.DISCONNECTED
    connection.disconnected_at = utcnow()
    forget_problem(connection)
    vault.wipe_tokens(connection)


def _revoke(connection: Connection) -> str | None:
    """Asks the provider to forget the consent; None, or the sentence that says why it may still be there."""
    if connection.state == ConnectionState.DISCONNECTED:
        return None
    try:
        token = vault.refresh_token(connection)
        provider = connection.provider
        db.session.rollback()  # nothing is held open in the database while the provider thinks
        oauth_client(provider, page_options()).revoke(token)
    except (ProviderError, SealError, LotledgerError) as error:
        log.warning("consent not revoked", connection=connection.id, reason=error.message)
        return error.message
    return None


def _locked_or_missing(connection: Connection | None) -> Connection:
    if connection is None:
        raise NotFoundError("There is no such connection.")
    return connection
