"""Mail in files, `DOT_HOME/mail/*.eml`: what a laptop has instead of a mail server. Any mail program opens them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from dot_copilot.adapters.mail.writing import write
from dot_copilot.core.ports import MailMessage


class FileMail:
    """One file a message, named after its key: written again, it is the same file."""

    repeatable = True

    def __init__(self, directory: Path, sender: str) -> None:
        self._directory, self._sender = directory, sender

    async def send(self, message: MailMessage, handing_over: Callable[[], Awaitable[None]]) -> None:
        made = write(message, self._sender)
        await handing_over()
        try:
            await asyncio.to_thread(self._write, hashlib.sha256(message.key.encode()).hexdigest()[:40], made.as_bytes())
        except OSError as error:
            raise ConnectionError(f"the mail can't be written to {self._directory} ({error.strerror})") from error

    def _write(self, name: str, content: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        half, whole = self._directory / f".{name}.half", self._directory / f"{name}.eml"
        # Links in it open accounts: nobody else on the machine reads it.
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        half.replace(whole)

    async def ready(self) -> None:
        return None

    async def close(self) -> None:
        return None
