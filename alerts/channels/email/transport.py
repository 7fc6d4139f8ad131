"""Hands messages over to a mail server by SMTP (RFC 5321), with or without TLS."""

import smtplib
import socket
import ssl
from contextlib import suppress
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from alerts.channels.email.limits import is_address, is_permanent
from alerts.channels.email.message import compose
from alerts.channels.transport import Outgoing, TransportError
from alerts.replies.links import Links
from core.errors import VicinoError

OK, WILL_FORWARD = 250, 251
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MailServerError(VicinoError):
    """The setting that names the mail server cannot be used."""


class MailServer(NamedTuple):
    """Where and how to hand messages over."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    user: str
    password: str


def parse(url: str) -> MailServer:
    """Return the mail server that `url` names: smtp, smtp+starttls or smtps, `://[user:password@]host[:port]`.

    Raises `MailServerError` if it is none, or if it would send a password unprotected over the network.
    """
    advice = "set VICINO_SMTP_URL to smtps://user:password@host:465 or smtp+starttls://user:password@host:587"
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise MailServerError("The address of the mail server is not understood.", advice=advice) from error
    if not parts.hostname:
        raise MailServerError("The address of the mail server has no host.", advice=advice)
    if parts.scheme == "smtp" and parts.username and parts.hostname not in LOOPBACK:
        raise MailServerError("The password for the mail server would cross the network unprotected.", advice=advice)
    security: Literal["none", "starttls", "tls"] = (
        "tls" if parts.scheme == "smtps" else "starttls" if parts.scheme == "smtp+starttls" else "none"
    )
    return MailServer(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))


class EmailTransport:
    """Sends each message over a connection of its own.

    What concerns the message is final when the server says so (5yz to the recipient or to the text). What concerns
    the server or the way to it (connection, TLS, sign-in, sender) is tried again: somebody may put it right.
    """

    def __init__(self, server: MailServer, sender: str, links: Links, timeout_s: float) -> None:
        self._server = server
        self._sender = sender
        self._links = links
        self._timeout_s = timeout_s

    def send(self, message: Outgoing) -> None:
        """Return once the server has accepted `message`; raises `TransportError` if it did not."""
        if not is_address(message.address):
            raise TransportError("the address is not one", permanent=True)
        try:
            content = compose(message, self._sender, self._links).as_bytes()
        except ValueError as error:
            raise TransportError("the message cannot be written", permanent=True) from error
        connection = self._connected()
        try:
            self._hand_over(connection, message.address, content)
        finally:
            # The server has answered by now: how it takes its leave changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # Said in EHLO; looking up the full name, as the library would, can take seconds.
        name = socket.gethostname()
        try:
            if server.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, name, timeout=self._timeout_s, context=ssl.create_default_context()
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, name, timeout=self._timeout_s)
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(f"no connection to the mail server: {_said(error)}", permanent=False) from error
        try:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise TransportError(f"the mail server does not let us in: {_said(error)}", permanent=False) from error
        return connection

    def _hand_over(self, connection: smtplib.SMTP, address: str, content: bytes) -> None:
        try:
            code, _ = connection.mail(self._sender)
            if code != OK:
                raise TransportError(f"the mail server refused the sender: {code}", permanent=False)
            code, _ = connection.rcpt(address)
            if code not in {OK, WILL_FORWARD}:
                raise TransportError(f"the mail server refused the recipient: {code}", permanent=is_permanent(code))
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(f"the mail server broke off: {_said(error)}", permanent=False) from error
        try:
            code, _ = connection.data(content)
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (smtplib.SMTPException, OSError) as error:
            # The text may have arrived whole: only the answer is missing.
            raise TransportError(
                f"the mail server did not answer: {_said(error)}", permanent=False, uncertain=True
            ) from error
        if code != OK:
            raise TransportError(f"the mail server refused the message: {code}", permanent=is_permanent(code))


def _said(error: Exception) -> str:
    """Return what is known of an error without the words of the server, which may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
