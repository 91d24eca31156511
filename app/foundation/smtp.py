"""Mail over SMTP whose encryption means something: with STARTTLS the server must prove its name.

The standard library's `starttls` takes any certificate unless told otherwise, and so does Flask-Mailman.
"""

from __future__ import annotations

import smtplib
import ssl
from typing import Any

from flask_mailman.backends.smtp import EmailBackend


class VerifyingSMTP(smtplib.SMTP):
    """An SMTP client that goes on after STARTTLS only with a server whose certificate is good.

    Good: valid now, for the name that was called, and signed by an authority that this machine trusts or that
    the file in `SSL_CERT_FILE` lists. Raises ssl.SSLCertVerificationError (an OSError) otherwise.
    """

    def starttls(
        self, *_files: Any, context: ssl.SSLContext | None = None, **_more: Any
    ) -> tuple[int, bytes]:
        """The rest of the session is encrypted."""
        return super().starttls(context=context or ssl.create_default_context())


class VerifyingBackend(EmailBackend):  # type: ignore[misc]
    """Flask-Mailman's SMTP, by way of `VerifyingSMTP`."""

    connection_class = VerifyingSMTP
