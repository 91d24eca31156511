"""The provider's answer after the consent page, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from app.integrations.consent.attempts import claim
from app.integrations.consent.connecting import Settled, settle
from app.integrations.consent.grants import obtain
from app.integrations.errors import ConsentFailed
from app.providers import registry

log = structlog.get_logger()


@dataclass(frozen=True, repr=False)
class Answer:
    """What the browser brought back; nothing of it can be trusted before the state was claimed."""

    state: str | None
    code: str | None
    company_id: str | None
    error: str | None


def receive(provider: str, answer: Answer, user_id: int, session_secret: str) -> Settled:
    """The consent was used, or is held for a decision; any LotledgerError says why not."""
    label = registry.label(provider)
    if not answer.state:
        raise ConsentFailed(
            f"{label} sent no proof that you had asked for this, so it was not used. Connect again."
        )
    attempt = claim(provider, answer.state, user_id, session_secret)
    if answer.error:
        raise ConsentFailed(_refusal(label, answer.error))
    if not answer.code:
        raise ConsentFailed(f"{label} sent no code, so Lotledger got no access. Connect again.")
    if not answer.company_id:
        raise ConsentFailed(
            f"{label} did not say which company you chose. Nothing was changed; "
            "connect again and choose a company."
        )
    return settle(attempt, obtain(provider, answer.code, answer.company_id))


def _refusal(label: str, error: str) -> str:
    if error == "access_denied":
        return f"You did not allow the connection at {label}, so nothing was changed. You can still connect."
    log.warning("consent page reported an error", provider=label, error=error[:100])
    return f"{label} could not complete the connection. Nothing was changed; try again in a few minutes."
