"""What workers do for connections."""

from __future__ import annotations

from app.integrations import expiry


def mail_expired(connection_id: int) -> None:
    """Tells those who may reconnect that the connection has expired."""
    expiry.send_mails(connection_id)
