"""Connections and the attempts to make one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db


class ConnectionState(StrEnum):
    """Whether a connection can be used."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DISCONNECTED = "disconnected"


class InventoryMode(StrEnum):
    """Where the quantities of a connection's products live (INV-1)."""

    SYNC = "sync"
    LOTLEDGER_ONLY = "lotledger_only"

    @property
    def label(self) -> str:
        """The mode as it is written on pages."""
        return "Sync" if self is InventoryMode.SYNC else "Lotledger only"


STATES = "state IN ('active', 'expired', 'disconnected')"
TOKENS_WHILE_CONNECTED = (
    "(state = 'disconnected') = (access_token IS NULL)"
    " AND (state = 'disconnected') = (refresh_token IS NULL)"
    " AND (state = 'disconnected') = (disconnected_at IS NOT NULL)"
)
SOME_ITEM_TYPE = (
    "cardinality(item_types) > 0"
    " AND item_types <@ ARRAY['inventory', 'non_inventory', 'service', 'group', 'bundle']"
)
INVENTORY_MODES = "inventory_mode IN ('sync', 'lotledger_only')"
IN_SYNC = "inventory_mode = 'sync' AND state <> 'disconnected'"


class Connection(Model):
    """One company in one accounting system: one company, one row, for good.

    A disconnected row keeps what belongs to the company and is used again when the company is connected again
    (CONN-30, CONN-31). The tokens are sealed with the row's id as associated data, see `vault.py`.
    """

    __tablename__ = "connections"
    __table_args__ = (
        CheckConstraint(STATES, name="state"),
        CheckConstraint(SOME_ITEM_TYPE, name="item_types"),
        CheckConstraint(TOKENS_WHILE_CONNECTED, name="tokens_while_connected"),
        CheckConstraint(INVENTORY_MODES, name="inventory_mode"),
        # One company at most leads on quantities: two would overwrite each other at every sync.
        Index("uq_connections_one_in_sync", "inventory_mode", unique=True, postgresql_where=text(IN_SYNC)),
        UniqueConstraint("provider", "external_company_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    external_company_id: Mapped[str] = mapped_column(Text)
    company_name: Mapped[str] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    access_token: Mapped[bytes | None]
    refresh_token: Mapped[bytes | None]
    access_expires_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    refresh_expires_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    item_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    inventory_mode: Mapped[str | None] = mapped_column(Text)
    """An `InventoryMode`, or None until somebody has chosen; ask `inventory.mode_of`."""
    connected_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    connected_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    disconnected_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    last_synced_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    last_problem: Mapped[str | None] = mapped_column(Text)
    last_problem_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    last_trace_id: Mapped[str | None] = mapped_column(Text)

    @property
    def is_active(self) -> bool:
        """Whether syncs and exports may use it."""
        return self.state == ConnectionState.ACTIVE


class OAuthAttempt(Model):
    """One walk to the provider's consent page and back: one person, one session, ten minutes, once.

    `connection_id` is the connection to be renewed, if one is. `held_grant` keeps, sealed, what a consent for
    another company brought until the person decides (OQ-51).
    """

    __tablename__ = "oauth_attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    state_hash: Mapped[bytes] = mapped_column(unique=True)
    session_hash: Mapped[bytes]
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(Text)
    connection_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("connections.id"))
    expires_at: Mapped[datetime] = mapped_column(db.DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(db.DateTime(timezone=True))
    held_grant: Mapped[bytes | None]
