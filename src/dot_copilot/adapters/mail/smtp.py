"""Mail to an SMTP server (RFC 5321), a connection a message.

Everything that can fail without harm (name, TLS, password, sender, recipient) comes before `handing_over`; what remains is DATA.
A server that answers it has decided; one that hangs up in the middle may have taken the message or not, and nobody can know.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.utils import parseaddr
from typing import Literal

import aiosmtplib

from dot_copilot.adapters.mail.writing import write
from dot_copilot.core.ports import MailMessage, MailRefused, MailUnsure

_CONNECT, _DATA = 15.0, 60.0
_GONE = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


class SmtpMail:
    """`tls`: by STARTTLS, from the first byte (`implicit`), or not at all; then no password is sent."""

    repeatable = False

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        tls: Literal["starttls", "implicit", "none"],
        user: str = "",
        password: str = "",
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        if user and tls == "none":
            raise ValueError("DOT_SMTP_USER is set and DOT_SMTP_TLS is 'none': a password is never sent in clear")
        self._server, self._tls, self._sender = (host, port), tls, sender
        self._user, self._password = user, password
        self._trusted = trusted or ssl.create_default_context()

    async def send(self, message: MailMessage, handing_over: Callable[[], Awaitable[None]]) -> None:
        content = write(message, self._sender).as_bytes()
        async with self._connected() as server:
            try:
                await server.mail(parseaddr(self._sender)[1])
                await server.rcpt(message.to)
            except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused) as refusal:
                raise _verdict(refusal.code, refusal.message) from None
            except (UnicodeError, ValueError):
                raise MailRefused("The address has characters that the mail server does not take.") from None
            except _GONE as error:
                raise ConnectionError(f"the mail server hung up ({type(error).__name__})") from None
            await handing_over()
            try:
                await server.data(content, timeout=_DATA)
            except aiosmtplib.SMTPResponseException as refusal:
                raise _verdict(refusal.code, refusal.message) from None
            except _GONE as error:
                raise MailUnsure(f"the mail server did not say whether it took it ({type(error).__name__})") from None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        host, port = self._server
        server = aiosmtplib.SMTP(
            hostname=host,
            port=port,
            timeout=_CONNECT,
            use_tls=self._tls == "implicit",
            start_tls=self._tls == "starttls",
            tls_context=self._trusted if self._tls != "none" else None,
        )
        try:
            await server.connect()
            if self._user:
                await server.login(self._user, self._password)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            server.close()
            # Never the server's words here: some repeat what they were sent.
            raise ConnectionError(f"the mail server {host}:{port} can't be used ({type(error).__name__})") from None
        try:
            yield server
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await server.quit(timeout=2)
            server.close()

    async def ready(self) -> None:
        """Connects, with TLS and the password, and sends nothing."""
        async with self._connected():
            return

    async def close(self) -> None:
        return None


def _verdict(code: int, words: str) -> Exception:
    """5xx is for good, 4xx for now (RFC 5321 section 4.2.1)."""
    told = " ".join(words.split())[:200]
    if 500 <= code < 600:
        return MailRefused(f"The mail server refused it: {code} {told}")
    return ConnectionError(f"the mail server wants it later: {code} {told}")
