"""Encrypted mail goes to the server that was named, and to nobody who merely says so."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import create_app
from app.extensions import db
from app.foundation.checks import State, examine
from app.foundation.clock import utcnow
from app.foundation.mail import MailFailed, send_mail
from config import Settings
from tests.workspace.post_office import PostOffice


def certificate(folder: Path, host: str) -> Path:
    """A file with a new key and a certificate for `host` that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utcnow() - timedelta(days=1))
        .not_valid_after(utcnow() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(pem)
    )
    return path


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@pytest.fixture
def encrypted(tmp_path) -> Iterator[Callable[[str], tuple[PostOffice, Path]]]:
    """Starts a mail server that insists on STARTTLS and shows a certificate for a host."""
    controllers: list[Controller] = []

    def start(host: str) -> tuple[PostOffice, Path]:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            office = PostOffice(taken.getsockname()[1])
        proof = certificate(tmp_path, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(proof)
        controllers.append(
            Controller(
                office, hostname="127.0.0.1", port=office.port, tls_context=context, require_starttls=True
            )
        )
        controllers[-1].start()
        return office, proof

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def mailing(app, environment) -> Iterator[Callable[[PostOffice], object]]:
    """Makes an application that sends its mail, encrypted, to a mail server."""
    made = []

    def make(office: PostOffice):
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(office.port), "MAIL_USE_TLS": "true"}
        made.append(create_app(Settings.from_environment(environment | mail)))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()


def doctor_on_mail():
    return next(finding for finding in examine() if finding.name == "Mail")


def test_a_server_that_vouches_for_itself_gets_no_mail(encrypted, mailing):
    office, _ = encrypted("127.0.0.1")
    with mailing(office).app_context():
        with pytest.raises(MailFailed, match="could not prove"):
            send_mail("a@example.com", "Hello", "workspace/mail/test")
        assert doctor_on_mail().state is State.WRONG
    assert office.mails == []


def test_a_server_whose_authority_is_trusted_gets_it(encrypted, mailing, monkeypatch):
    office, proof = encrypted("127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with mailing(office).app_context():
        assert send_mail("a@example.com", "Hello", "workspace/mail/test")
        assert doctor_on_mail().state is State.OK
    assert len(office.mails) == 1


def test_a_trusted_server_of_another_name_gets_no_mail(encrypted, mailing, monkeypatch):
    office, proof = encrypted("mail.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with mailing(office).app_context(), pytest.raises(MailFailed, match="could not prove"):
        send_mail("a@example.com", "Hello", "workspace/mail/test")
    assert office.mails == []
