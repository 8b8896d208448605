"""What other processes tell the gateway through Redis (`core.signals`): ended sessions, changed approvals and credentials."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

_log = logging.getLogger(__name__)
_BEAT, _SILENCE, _RETRY_FIRST, _RETRY_MOST = 0.5, 2.0, 0.05, 1.0


class Feed:
    """One subscription to several channels, kept up for the life of the process.

    `connected` is true only while the server has confirmed the subscription and answered a ping within two seconds, so that
    a connection that is dead without saying so does not count. A handler gets the message's bytes; None means that messages
    may have been lost (called after each connect). Handlers are plain functions and must not block.
    """

    def __init__(self, client: Valkey) -> None:
        self._client = client
        self._handlers: dict[str, list[Callable[[bytes | None], None]]] = {}
        self._heard_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether messages reach us."""
        return time.monotonic() - self._heard_at < _SILENCE

    def on(self, channel: str, handler: Callable[[bytes | None], None]) -> None:
        """Registers a handler; before `start`."""
        self._handlers.setdefault(channel, []).append(handler)

    def start(self) -> None:
        """Begins to listen, in the background."""
        self._task = asyncio.create_task(self._run(), name="gateway feed")

    async def stop(self) -> None:
        """Ends the subscription."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._heard_at = 0.0

    async def _run(self) -> None:
        wait, told = _RETRY_FIRST, False
        while True:
            try:
                async with self._client.pubsub() as listener:
                    await listener.subscribe(*self._handlers)
                    wait, told = _RETRY_FIRST, False
                    await self._listen(listener)
            except (ValkeyError, OSError, TimeoutError) as error:
                self._heard_at = 0.0
                if not told:
                    _log.warning("the feed of ended sessions is down (%s); every request asks the database", type(error).__name__)
                told = True
            await asyncio.sleep(wait)
            wait = min(wait * 2, _RETRY_MOST)

    async def _listen(self, listener: Any) -> None:
        confirmed: set[str] = set()
        asked_at = time.monotonic()
        while True:
            message = await listener.get_message(timeout=_BEAT)
            now = time.monotonic()
            if message is not None and len(confirmed) == len(self._handlers):
                self._heard_at = now
            if message is not None and message["type"] == "subscribe":
                confirmed.add(message["channel"].decode())
                if len(confirmed) == len(self._handlers):
                    self._heard_at = now
                    self._tell_all(None)
            elif message is not None and message["type"] == "message":
                self._tell(message["channel"].decode(), message["data"])
            if now - asked_at >= _BEAT:
                asked_at = now
                await listener.ping()
            if confirmed and now - self._heard_at > _SILENCE and self._heard_at:
                raise TimeoutError

    def _tell_all(self, data: bytes | None) -> None:
        for channel in self._handlers:
            self._tell(channel, data)

    def _tell(self, channel: str, data: bytes | None) -> None:
        for handler in self._handlers.get(channel, ()):
            with contextlib.suppress(Exception):
                handler(data)
