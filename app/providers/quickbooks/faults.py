"""The verdict on an answer of QuickBooks Online: its document, or the error that it means."""

from __future__ import annotations

from typing import Any, NoReturn

from app.providers.documents import BadDocument, NotJson, parse
from app.providers.errors import (
    AuthorizationLost,
    MalformedResponse,
    NotFound,
    ProviderError,
    RateLimited,
    Rejected,
    TemporarilyUnavailable,
    TokenRefused,
    UnreadableResponse,
)
from app.providers.quickbooks.envelopes import Fault, fault_in, fault_in_xml
from app.providers.retry import retry_after
from app.providers.transport import Answer, Dialect

NAME = "QuickBooks"
TRACE_HEADER = "intuit_tid"

# Intuit's fault codes, as far as they decide what to do.
TOKEN_REFUSED = {100, 3200}
ACCESS_WITHDRAWN = 120
WRONG_CLUSTER = 130
OBJECT_NOT_FOUND = 610
THROTTLED = 3001
WRONG_APPLICATION = 3100
SUBSCRIPTION_ENDED = 6190
SYSTEM_FAILURE = 10000

_EXPLAINED = {
    WRONG_APPLICATION: (
        "QuickBooks says that this connection does not belong to this company or environment. "
        "Check QBO_ENVIRONMENT, QBO_API_URL and QBO_CLIENT_ID, then reconnect."
    ),
    SUBSCRIPTION_ENDED: (
        "The QuickBooks subscription of this company has ended or is unpaid. "
        "Renew it in QuickBooks, then try again."
    ),
}
_BY_STATUS = {
    403: "QuickBooks refused access to this company. Check QBO_ENVIRONMENT and QBO_API_URL, then reconnect.",
    404: "QuickBooks does not know the address that was asked for. Check QBO_API_URL.",
}


def judge(answer: Answer) -> dict[str, Any]:
    """The document of a good answer; raises the ProviderError that any other answer means.

    A fault counts whatever the status: Intuit sends some with 200.
    """
    document, problem = _document(answer)
    fault = fault_in(document) or fault_in_xml(answer.body)
    if fault or answer.status >= 400:
        raise _error(answer, fault or Fault(None))
    if answer.redirects:
        raise MalformedResponse(
            "QuickBooks sent us to another address, where Lotledger does not go. Check QBO_API_URL.",
            answer.trace_id,
        )
    if isinstance(problem, NotJson):
        raise UnreadableResponse(malformed_sentence(str(problem)), answer.trace_id)
    if problem is not None:
        raise_malformed(problem, answer.trace_id)
    if not isinstance(document, dict):
        raise_malformed(BadDocument("it sent something else where an object should be"), answer.trace_id)
    return document


def malformed_sentence(problem: str) -> str:
    """The sentence for an answer that cannot be used, because of `problem`."""
    return f"QuickBooks sent an answer that Lotledger cannot use: {problem}. Nothing of it was used."


def raise_malformed(problem: BadDocument, trace_id: str | None) -> NoReturn:
    """Raises the MalformedResponse that `problem` means."""
    raise MalformedResponse(malformed_sentence(str(problem)), trace_id) from problem


def _document(answer: Answer) -> tuple[Any, BadDocument | None]:
    try:
        return parse(answer.body, answer.rows_of, answer.seen), None
    except BadDocument as problem:
        return None, problem


def _error(answer: Answer, fault: Fault) -> ProviderError:
    return (
        _about_access(answer, fault) or _about_the_moment(answer, fault) or _about_the_request(answer, fault)
    )


def _about_access(answer: Answer, fault: Fault) -> ProviderError | None:
    if fault.code == ACCESS_WITHDRAWN:
        return AuthorizationLost(
            "The person who connected QuickBooks no longer has access to this company there. "
            "A present administrator of the company must reconnect.",
            answer.trace_id,
        )
    if fault.code == WRONG_CLUSTER:
        return TemporarilyUnavailable(
            "QuickBooks is moving this company's data just now. Try again in a few minutes.", answer.trace_id
        )
    if fault.code in TOKEN_REFUSED or (answer.status == 401 and fault.code != WRONG_APPLICATION):
        return TokenRefused("QuickBooks no longer accepts this connection. Reconnect it.", answer.trace_id)
    return None


def _about_the_moment(answer: Answer, fault: Fault) -> ProviderError | None:
    wish = retry_after(answer.headers.get("Retry-After"))
    if answer.status == 429 or fault.code == THROTTLED:
        return RateLimited(
            "QuickBooks gets too many requests for this company just now. Try again in a few minutes.",
            answer.trace_id,
            wish,
        )
    if answer.status >= 500 or answer.status == 408 or fault.code == SYSTEM_FAILURE:
        return TemporarilyUnavailable(
            f"QuickBooks is not well just now (it answered {answer.status}). Try again in a few minutes.",
            answer.trace_id,
            wish,
        )
    return None


def _about_the_request(answer: Answer, fault: Fault) -> ProviderError:
    if fault.code == OBJECT_NOT_FOUND and answer.method == "GET":
        return NotFound("What was asked for is no longer in QuickBooks.", answer.trace_id)
    code = str(answer.status if fault.code is None else fault.code)
    reason = fault.detail or fault.message
    if fault.code in _EXPLAINED:
        sentence = _EXPLAINED[fault.code]
    elif reason:
        end = "" if reason.endswith((".", "!", "?", "…")) else "."
        sentence = f"QuickBooks refused this (code {code}): {reason}{end}"
    else:
        sentence = _BY_STATUS.get(answer.status, f"QuickBooks refused this (code {code}) and gave no reason.")
    return Rejected(code, sentence, fault.element, answer.trace_id)


DIALECT = Dialect(name=NAME, trace_header=TRACE_HEADER, judge=judge)
