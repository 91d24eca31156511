"""A mail server that delivers nowhere: it keeps what it gets, for people and tests to look at."""

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 100


@dataclass(frozen=True)
class CaughtMail:
    """One message as it came in. `number` counts from 1 and is not used again."""

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "headers": {name: str(value) for name, value in self.message.items()},
            "text": self.text,
            "html": self.html,
        }

    def _part(self, kind: str) -> str:
        """The body of this kind, lines ending as usual here; empty when the message has none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


@dataclass
class Mailbox:
    """The last messages, newest first. Safe to use from several threads."""

    _mails: deque[CaughtMail] = field(default_factory=lambda: deque(maxlen=KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0

    def catch(self, sender: str, recipients: list[str], content: bytes) -> None:
        """The message is in the mailbox."""
        message = message_from_bytes(content, policy=policy.default)
        with self._lock:
            self._count += 1
            self._mails.appendleft(
                CaughtMail(self._count, datetime.now(UTC), sender, tuple(recipients), message)
            )

    def all(self) -> list[CaughtMail]:
        with self._lock:
            return list(self._mails)

    def get(self, number: int) -> CaughtMail | None:
        return next((mail for mail in self.all() if mail.number == number), None)

    def clear(self) -> None:
        with self._lock:
            self._mails.clear()


class MailCatcher:
    """An SMTP server in a thread of its own, from `start` to `stop`, that fills the mailbox."""

    def __init__(self, mailbox: Mailbox, host: str, port: int) -> None:
        self._mailbox = mailbox
        self._host = host
        self.port = port
        """The port it listens at; once started also when it was asked for a free one (0)."""
        self._started: Future[None] = Future()
        self._stopped = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Listens now. Raises OSError when the port is taken."""
        self._thread.start()
        self._started.result()

    def stop(self) -> None:
        """Listens no more."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as problem:
            self._started.set_exception(problem)
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(self._conversation, self._host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set_result(None)
        async with server:
            await self._stopped.wait()

    def _conversation(self) -> SMTP:
        return SMTP(self, hostname="sandbox", ident="Sandbox", enable_SMTPUTF8=True, loop=self._loop)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd calls this, by this name, with each whole message."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self._mailbox.catch(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        return "250 Message kept"
