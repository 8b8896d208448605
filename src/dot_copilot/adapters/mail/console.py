"""Mail on standard error, for trying something out. What opens an account stands there too: never where logs are kept."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from dot_copilot.adapters.mail.writing import write
from dot_copilot.core.ports import MailMessage


class ConsoleMail:
    """Prints each message."""

    repeatable = False

    def __init__(self, sender: str) -> None:
        self._sender = sender

    async def send(self, message: MailMessage, handing_over: Callable[[], Awaitable[None]]) -> None:
        text = write(message, self._sender).as_string()
        await handing_over()
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - that is what it is for

    async def ready(self) -> None:
        return None

    async def close(self) -> None:
        return None
