"""The answers of Intuit's authorization server: tokens, or the error that an answer means.

No sentence and no error here quotes the server's text, because it may quote a token.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from app.providers.documents import BadDocument, parse
from app.providers.errors import (
    AuthorizationLost,
    MalformedResponse,
    ProviderError,
    Rejected,
    TemporarilyUnavailable,
)
from app.providers.oauth import TokenSet
from app.providers.transport import Answer

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_ERROR_NAME = re.compile(r"[a-z_]{1,40}")
_LONGEST_LIFE = 10 * 366 * 86_400

_UNWELL = "QuickBooks' sign-in server is not well just now. Try again in a few minutes."
_ELSEWHERE = "QuickBooks' sign-in server sent us to another address. Check QBO_TOKEN_URL and QBO_REVOKE_URL."
_CREDENTIALS = "QuickBooks does not know this Lotledger. Check QBO_CLIENT_ID and QBO_CLIENT_SECRET."


class AnswerLost(TemporarilyUnavailable):
    """Intuit may have acted, but what it answered did not arrive."""


def refusal(answer: Answer, refused: str) -> ProviderError | None:
    """The error that an answer other than 2xx means; `refused` is the sentence for a grant not accepted."""
    if 200 <= answer.status < 300:
        return None
    if answer.redirects:
        return MalformedResponse(_ELSEWHERE, answer.trace_id)
    name = _error_name(answer)
    if name is None or answer.status >= 500 or answer.status in {408, 429}:
        return TemporarilyUnavailable(_UNWELL, answer.trace_id)
    if name == "invalid_grant":
        return AuthorizationLost(refused, answer.trace_id)
    if name == "invalid_client" or answer.status == 401:
        return Rejected("invalid_client", _CREDENTIALS, trace_id=answer.trace_id)
    return Rejected(
        name,
        f"QuickBooks refused to give tokens ({name}). Check the settings of the connection.",
        None,
        answer.trace_id,
    )


def token_document(answer: Answer) -> dict[str, Any]:
    """The document of a 2xx answer; raises AnswerLost if it is none, MalformedResponse if without tokens."""
    try:
        document = parse(answer.body)
    except BadDocument:
        raise AnswerLost(_UNWELL, answer.trace_id) from None
    if type(document) is not dict or not _is_token(document.get("access_token")):
        raise _no_tokens(answer)
    if "refresh_token" in document and not _is_token(document["refresh_token"]):
        raise _no_tokens(answer)
    if _life(document.get("expires_in")) is None or document.get("expires_at") is not None:
        raise _no_tokens(answer)
    return document


def token_set(document: dict[str, Any], asked_at: datetime) -> TokenSet:
    """The tokens; their lives count from before the request, so that they never seem longer than they are."""
    refresh_life = _life(document.get("x_refresh_token_expires_in"))
    return TokenSet(
        access_token=document["access_token"],
        refresh_token=document["refresh_token"],
        access_expires_at=asked_at + timedelta(seconds=_life(document["expires_in"]) or 0),
        refresh_expires_at=asked_at + timedelta(seconds=refresh_life) if refresh_life else None,
    )


def _error_name(answer: Answer) -> str | None:
    """OAuth's name of the error; the status where a JSON answer has none; None where it is no JSON."""
    try:
        document = parse(answer.body)
    except BadDocument:
        return None
    name = document.get("error") if type(document) is dict else None
    return name if type(name) is str and _ERROR_NAME.fullmatch(name) else str(answer.status)


def _no_tokens(answer: Answer) -> MalformedResponse:
    return MalformedResponse("QuickBooks answered without usable tokens. Connect again.", answer.trace_id)


def _is_token(value: Any) -> bool:
    return type(value) is str and _TOKEN.fullmatch(value) is not None


def _life(value: Any) -> int | None:
    """A number of seconds, which may come as text; None for anything else."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    return value if type(value) is int and 0 < value < _LONGEST_LIFE else None
