"""What can go wrong with an accounting system, each with the sentence that the person reads.

    ProviderError                    has `trace_id`, by which the provider's support finds the request
    ├── AuthorizationLost            reconnect: the tokens are no longer worth anything
    │   └── TokenRefused             this access token was refused; a newer one may do (inside providers only)
    ├── RateLimited                  too many requests; passes
    ├── TemporarilyUnavailable       not reached, too slow, or unwell; passes
    ├── Rejected                     understood and refused; the same request will be refused again
    ├── NotFound                     what was to be read is not there
    ├── MalformedResponse            the answer makes no sense, so nothing of it was used
    │   └── UnreadableResponse       it was not even JSON: perhaps an edge server's page; may pass
    └── Cancelled                    somebody asked us to stop while we waited

No error carries a token, nor the provider's own words about one.
"""

from __future__ import annotations

from app.foundation.errors import LotledgerError


class ProviderError(LotledgerError):
    """The accounting system could not do what was asked; `message` is a whole sentence for the user.

    `passing` says whether the same request may well succeed a little later.
    """

    status = 502
    passing = False
    retry_after: float | None = None

    def __init__(self, message: str, trace_id: str | None = None) -> None:
        super().__init__(message)
        self.trace_id = trace_id


class AuthorizationLost(ProviderError):
    """The provider no longer accepts this connection; only reconnecting helps."""


class TokenRefused(AuthorizationLost):
    """The access token was refused; it may have expired, or been replaced by another process."""


class RateLimited(ProviderError):
    """The provider wants fewer requests; `retry_after` is its own wish in seconds, where it has one."""

    passing = True

    def __init__(self, message: str, trace_id: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, trace_id)
        self.retry_after = retry_after


class TemporarilyUnavailable(ProviderError):
    """The provider (or what we need to reach it) was not there or not well; stored tokens stay good."""

    status = 503
    passing = True

    def __init__(self, message: str, trace_id: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, trace_id)
        self.retry_after = retry_after


class Rejected(ProviderError):
    """The provider refused the request itself; `code` and `field` are its own names for what and where."""

    def __init__(
        self, code: str, message: str, field: str | None = None, trace_id: str | None = None
    ) -> None:
        super().__init__(message, trace_id)
        self.code = code
        self.field = field


class NotFound(ProviderError):
    """What was to be read does not exist there, or was deleted."""


class MalformedResponse(ProviderError):
    """The answer cannot be used; nothing of it was."""


class UnreadableResponse(MalformedResponse):
    """The answer is no JSON document at all (a web page, nothing, half a document); the next may be."""

    passing = True


class Cancelled(ProviderError):
    """The work was to stop, so no further request was made."""
