"""A real SMTP server in the test process, and what it was sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.support.servers import free_port


class Postbox:
    """The handler of the server: keeps what came, and answers as it is told.

    `answers` are given instead of taking the mail, one a DATA; `drop` hangs up after DATA without a word, the mail taken.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.drop = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        made = message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        if self.drop:
            server.transport.abort()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address."""
        return [mail for mail in self.mails if address in str(mail["To"])]


@contextmanager
def smtp_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: tuple[str, str] | None = None
) -> Iterator[tuple[Postbox, int]]:
    """A server on a free port of this machine. With `tls` it wants STARTTLS, or TLS at once; with `login` a password too."""
    postbox, port = Postbox(), free_port()

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and login == (given.login.decode(), given.password.decode())
        return AuthResult(success=good)

    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=tls if implicit else None,
        tls_context=None if implicit else tls,
        require_starttls=tls is not None and not implicit,
        auth_required=login is not None,
        auth_require_tls=not implicit,
        authenticator=check if login else None,
    )
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()
