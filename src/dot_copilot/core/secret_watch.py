"""Secrets that may be replaced while a process runs are read again: every few seconds, and when somebody cannot wait."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dot_copilot.core.errors import Unavailable

log = logging.getLogger(__name__)
_AT_MOST_EVERY = 1.0
"""Seconds between two looks that were asked for: a stranger's token must not make us ask without end."""


class SecretWatch:
    """Calls its followers every `seconds`. A look that fails changes nothing, and the next one tries again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._followers: list[Callable[[], Awaitable[None]]] = []
        self._looking: asyncio.Task[None] | None = None
        self._looked = -_AT_MOST_EVERY
        self._task: asyncio.Task[None] | None = None
        self._silent = False

    def follow(self, renew: Callable[[], Awaitable[None]]) -> None:
        """From now on `renew` reads its secret anew at each look; it may raise what the store raises."""
        self._followers.append(renew)

    async def look(self) -> None:
        """Looks now, once for all who ask meanwhile and once a second at most. `Unavailable` when the store does not answer."""
        if self._looking is None:
            if time.monotonic() - self._looked < _AT_MOST_EVERY:
                return
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            failed: Exception | None = None
            for renew in self._followers:
                try:
                    await renew()
                except Exception as error:  # noqa: BLE001 - adapters raise what their clients raise
                    failed = error
            self._tell(failed)
            if failed is not None:
                raise Unavailable("The sign-in can't be checked at the moment. Nothing was done; try again shortly.") from failed
        finally:
            self._looked, self._looking = time.monotonic(), None

    def _tell(self, failed: Exception | None) -> None:
        """One line when the store falls silent and one when it is back."""
        if failed is not None and not self._silent:
            log.warning("secrets can't be read anew (%s: %s); going on with the last ones", type(failed).__name__, failed)
        elif failed is None and self._silent:
            log.info("secrets can be read again")
        self._silent = failed is not None

    def start(self) -> None:
        """Begins; `stop` ends it."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_looking(), name="secret-watch")

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            with suppress(Unavailable):
                await self.look()

    async def stop(self) -> None:
        """Ends the looking, also one that is under way."""
        for task in (self._task, self._looking):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self._task = None
