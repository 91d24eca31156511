"""A mail server that keeps every mail, or refuses them all."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """What arrived, parsed; `refuses` makes it turn every mail away."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.refuses = False
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answers the end of a mail, as aiosmtpd asks it to."""
        if self.refuses:
            return "554 not today"
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    def parts(self) -> tuple[str, str]:
        """The text and the HTML of the only mail."""
        (mail,) = self.mails
        text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None and html is not None
        return text.get_content(), html.get_content()
