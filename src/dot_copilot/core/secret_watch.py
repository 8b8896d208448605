"""Secrets that may be replaced while a process runs are read again: every few seconds, and when somebody cannot wait."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from dot_copilot.core.errors import Unavailable

log = logging.getLogger(__name__)
_AT_MOST_EVERY = 1.0
"""Seconds between two looks that were asked for: a stranger's token must not make us ask without end."""
_TICK = 1.0
"""Seconds between two glances at the clock and at the marker, which cost nothing."""
_MARKER = "run/secrets-changed"


def marker_in(home: Path) -> Path:
    """The file whose change says, on the machine of `home`, that secrets have changed; there is nothing in it."""
    return home / _MARKER


class SecretWatch:
    """Calls its followers every `seconds`, and when `marker` has changed. A look that fails changes nothing, and is repeated.

    Each look is a line of the store's audit log, so there are few; whoever replaces a secret on this machine touches the marker.
    """

    def __init__(self, seconds: float, marker: Path | None = None) -> None:
        self._seconds, self._marker = seconds, marker
        self._seen = self._mark()
        self._tickers: list[Callable[[], None]] = []
        self._followers: list[Callable[[], Awaitable[None]]] = []
        self._looking: asyncio.Task[None] | None = None
        self._looked = -_AT_MOST_EVERY
        self._task: asyncio.Task[None] | None = None
        self._silent = False

    def follow(self, renew: Callable[[], Awaitable[None]]) -> None:
        """From now on `renew` reads its secret anew at each look; it may raise what the store raises."""
        self._followers.append(renew)

    def tick(self, turn: Callable[[], None]) -> None:
        """Calls `turn` every second: for what the clock alone decides."""
        self._tickers.append(turn)

    def _mark(self) -> int:
        with suppress(OSError):
            return 0 if self._marker is None else self._marker.stat().st_mtime_ns
        return 0

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
        due = time.monotonic() + self._seconds
        while True:
            await asyncio.sleep(min(_TICK, self._seconds))
            for turn in self._tickers:
                turn()
            mark = self._mark()
            if mark == self._seen and time.monotonic() < due:
                continue
            with suppress(Unavailable):
                await self._look_now()
                self._seen = mark  # else the next second tries again
                due = time.monotonic() + self._seconds

    async def _look_now(self) -> None:
        """As `look`, however short ago the last one was: it may have been before the change."""
        while self._looking is not None:
            with suppress(Unavailable):
                await asyncio.shield(self._looking)
        self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def stop(self) -> None:
        """Ends the looking, also one that is under way."""
        for task in (self._task, self._looking):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self._task = None
