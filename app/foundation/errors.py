"""The errors of the business, each carrying the sentence that the person reads.

LotledgerError
├── InvalidInput     a value that was entered cannot be used (may name its field)
├── NotFoundError    what was asked for is not there, or not of this kind
├── Conflict         the state of things forbids it just now
└── Forbidden        this person may not do it
"""

from __future__ import annotations


class LotledgerError(Exception):
    """Something a person should read about; `message` is a whole sentence."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(LotledgerError):
    """A value that was entered cannot be used; `field` names the form field where there is one."""

    status = 400

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFoundError(LotledgerError):
    """What was asked for does not exist, or is of another kind."""

    status = 404


class Conflict(LotledgerError):
    """The request was fine, but the present state of things forbids it."""

    status = 409


class Forbidden(LotledgerError):
    """The person's role does not allow it."""

    status = 403
