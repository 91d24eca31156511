"""The inventory connection: whether a company's books or Lotledger lead on quantities and costs (INV-1…8).

It is apart from the accounting connection, which exports need in either mode. One connected company at most
is in Sync mode. A disconnected one keeps its mode, and gives way when it comes back to find the place taken.
"""

from __future__ import annotations

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.foundation.audit import record
from app.foundation.errors import LotledgerError
from app.integrations.errors import InventoryTaken, NotConnected, QuantitiesFixed
from app.integrations.expiry import subject_of
from app.integrations.locks import lock_all, locked, locking_transaction
from app.integrations.models import Connection, ConnectionState, InventoryMode
from app.integrations.service import get_connection
from app.providers import registry


def mode_of(connection: Connection) -> InventoryMode:
    """The mode that counts; Lotledger only until somebody has chosen."""
    return InventoryMode(connection.inventory_mode or InventoryMode.LOTLEDGER_ONLY)


def inventory_connection() -> Connection | None:
    """The connected company whose books lead on quantities, if there is one."""
    statement = select(Connection).where(
        Connection.inventory_mode == InventoryMode.SYNC, Connection.state != ConnectionState.DISCONNECTED
    )
    return db.session.scalar(statement)


def leads_on_quantities(database: DatabaseConnection, connection_id: int) -> bool:
    """Whether the company is in Sync mode, and stays so until the caller's transaction ends."""
    statement = select(Connection.inventory_mode).where(Connection.id == connection_id)
    return database.scalar(statement.with_for_update(read=True)) == InventoryMode.SYNC


def connect_inventory(connection_id: int, user_id: int) -> bool:
    """The company is in Sync mode (INV-6); False if it was already. Links are left as they are.

    Raises NotFoundError, NotConnected, QuantitiesFixed or InventoryTaken, changing nothing.
    """
    return _set_mode(connection_id, InventoryMode.SYNC, user_id)


def set_lotledger_only(connection_id: int, user_id: int) -> bool:
    """Syncs leave quantities and costs alone from now on (INV-7, OQ-9); False if they did already.

    Raises NotFoundError or NotConnected.
    """
    return _set_mode(connection_id, InventoryMode.LOTLEDGER_ONLY, user_id)


def obstacle(connection: Connection) -> LotledgerError | None:
    """Why this company cannot be in Sync mode just now; None if it can."""
    if connection.state == ConnectionState.DISCONNECTED:
        return NotConnected(connection.company_name)
    if not _adjustable(connection):
        return QuantitiesFixed(registry.label(connection.provider), connection.company_name)
    other = _other_in_sync(db.session(), connection)
    return InventoryTaken(other.company_name) if other else None


def settle_mode(session: Session, connection: Connection, user_id: int) -> str:
    """The locked row, about to be connected (again), has a mode that can stand; a sentence if one was set.

    A provider without quantity adjustments leaves no choice (ONB-4). Who was in Sync mode before gives way to
    the company that has taken the place since. Whoever calls this holds `lock_all`.
    """
    if not _adjustable(connection):
        if connection.inventory_mode == InventoryMode.LOTLEDGER_ONLY:
            return ""
        _change(connection, InventoryMode.LOTLEDGER_ONLY, None)
        return QuantitiesFixed(registry.label(connection.provider), connection.company_name).message
    if connection.inventory_mode != InventoryMode.SYNC:
        return ""
    with session.no_autoflush:
        other = _other_in_sync(session, connection)
    if other is None:
        return ""
    _change(connection, InventoryMode.LOTLEDGER_ONLY, user_id)
    return (
        f"Its inventory connection has passed to {other.company_name} meanwhile, so "
        f"{connection.company_name} is set to Lotledger only."
    )


def _set_mode(connection_id: int, mode: InventoryMode, user_id: int) -> bool:
    """Under the lock of all connections, so that of two who want the place one reads the other's name."""
    get_connection(connection_id)
    with locking_transaction() as session:
        lock_all(session)
        connection = locked(session, connection_id) or get_connection(connection_id)
        if connection.state == ConnectionState.DISCONNECTED:
            raise NotConnected(connection.company_name)
        if connection.inventory_mode == mode:
            return False
        if mode is InventoryMode.SYNC and (reason := obstacle(connection)):
            raise reason
        _change(connection, mode, user_id)
        return True


def _change(connection: Connection, mode: InventoryMode, user_id: int | None) -> None:
    record(
        action="connection.inventory_mode",
        subject=subject_of(connection),
        before={"inventory_mode": connection.inventory_mode},
        after={"inventory_mode": mode},
        user_id=user_id,
    )
    connection.inventory_mode = mode


def _adjustable(connection: Connection) -> bool:
    return registry.capabilities(connection.provider).quantity_adjustments


def _other_in_sync(session: Session, connection: Connection) -> Connection | None:
    return session.scalar(
        select(Connection).where(
            Connection.id != connection.id,
            Connection.inventory_mode == InventoryMode.SYNC,
            Connection.state != ConnectionState.DISCONNECTED,
        )
    )
