"""A mail server (aiosmtpd) in the test's own process."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from app.sandbox.mailbox import CaughtMail, Mailbox, MailCatcher
from tests.support.processes import wait_until


class MailServer:
    """Takes every mail while the `with` lasts."""

    def __init__(self) -> None:
        self._mailbox = Mailbox()
        self._catcher = MailCatcher(self._mailbox, "127.0.0.1", 0)

    @property
    def settings(self) -> dict[str, str]:
        """The environment with which the app sends its mail here."""
        return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self._catcher.port)}

    @property
    def mails(self) -> list[CaughtMail]:
        """What came, oldest first."""
        return self._mailbox.all()[::-1]

    def wait(self) -> list[CaughtMail]:
        """What came, once something has."""
        wait_until(self._mailbox.all, "a mail arrives")
        return self.mails

    def __enter__(self) -> Self:
        self._catcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._catcher.stop()
