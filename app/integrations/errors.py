"""What can go wrong with connections, besides what the providers say themselves (`app.providers.errors`).

ConsentFailed        the walk to the provider ended without a connection; nothing was changed
TooManyConnections   two companies are connected already
NotConfigured        the operator has not entered the credentials of a developer app
ConnectionBusy       another process has held the connection's row for too long
QuantitiesFixed      the provider lets nobody adjust quantities from outside (INV-8)
InventoryTaken       another company has the inventory connection
NotConnected         the company was disconnected
"""

from __future__ import annotations

from app.foundation.errors import Conflict, LotledgerError
from app.providers.errors import TemporarilyUnavailable


class ConsentFailed(LotledgerError):
    """The provider's answer did not lead to a connection, and nothing was changed."""

    status = 400


class TooManyConnections(Conflict):
    """Two companies are connected, which is as many as there can be."""

    def __init__(self) -> None:
        super().__init__(
            "Two companies are connected already, which is as many as Lotledger can hold. "
            "Disconnect one of them first."
        )


class NotConfigured(Conflict):
    """No developer app's credentials are set for this provider."""

    def __init__(self, label: str) -> None:
        super().__init__(f"Lotledger has no credentials for {label} yet. The operator has to set them first.")


class ConnectionBusy(TemporarilyUnavailable):
    """The row was locked by another process for longer than a refresh may take; passes."""

    def __init__(self) -> None:
        super().__init__(
            "Another process has been renewing this connection for too long. Try again in a minute or two."
        )


class QuantitiesFixed(Conflict):
    """The provider has no way to adjust quantities, so that only Lotledger can keep them (INV-8, ERR-15)."""

    def __init__(self, label: str, company: str) -> None:
        super().__init__(
            f"{label} offers no way to adjust item quantities from outside, so the quantities of {company} "
            "are kept in Lotledger."
        )


class InventoryTaken(Conflict):
    """Another company is in Sync mode; two would overwrite each other's quantities."""

    def __init__(self, other: str) -> None:
        super().__init__(
            f"{other} has the inventory connection already, and only one company can have it. "
            f"Set {other} to Lotledger only first."
        )


class NotConnected(Conflict):
    """The company is disconnected, so there is nothing to set on it now."""

    def __init__(self, company: str) -> None:
        super().__init__(f"{company} is disconnected. Reconnect it first.")
