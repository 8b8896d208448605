"""Circuit breakers: an upstream that keeps failing is left alone for a while, so that calls fail at once, and it can recover.

Closed: calls go through. Open: they are refused. Half-open: after the pause one call at a time may try, and its outcome
decides. Only what says that the upstream is not there counts as a failure, never an error it answered with.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Literal

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from dot_copilot.mcp.gateway.upstreams.base import UpstreamError

State = Literal["closed", "open", "half-open"]
_EARLY_S = 0.1
_log = logging.getLogger(__name__)


class Breaker:
    """The breaker of one upstream in this process; `told` hears when it opens (seconds) and closes (0.0).

    It opens after `failures` in a row, each within `window_s` of the one before, for `pause_s`; every trial that fails doubles
    the pause, up to `longest_s`. All calls are synchronous and cost well under a microsecond while it is closed.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        window_s: float = 30.0,
        pause_s: float = 1.0,
        longest_s: float = 5.0,
        told: Callable[[str, float], None] = lambda _name, _seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._most, self._window, self._first, self._longest = failures, window_s, pause_s, longest_s
        self._told, self._clock = told, clock
        self._failures = 0
        self._last = 0.0
        self._pause = pause_s
        self._until: float | None = None
        self._trial_until = 0.0
        self._elsewhere = False

    @property
    def state(self) -> State:
        """What a call would meet now."""
        if self._until is None:
            return "closed"
        return "open" if self._clock() < self._until else "half-open"

    def check(self) -> None:
        """Lets a call go on, or raises `UpstreamError` "open"."""
        if self._until is None:
            return
        now = self._clock()
        if now >= max(self._until, self._trial_until):
            # A trial that never reports back holds up the next one no longer than a pause.
            self._trial_until = now + self._pause
            return
        left = max(self._until, self._trial_until) - now
        raise UpstreamError("open", f"{self.name} keeps failing and is left alone; try again in {max(1, round(left))} s")

    def succeeded(self) -> None:
        """The upstream answered a call."""
        self._failures = 0
        if self._until is not None:
            self._close()
            if not self._elsewhere:
                self._told(self.name, 0.0)

    def failed(self) -> None:
        """The upstream could not be reached, or did not answer."""
        now = self._clock()
        if self._until is not None:
            # Calls that began before it opened change nothing.
            if self._trial_until:
                self._pause = min(self._pause * 2, self._longest)
                self._open(now)
            return
        self._failures = 1 if now - self._last > self._window else self._failures + 1
        self._last = now
        if self._failures >= self._most:
            self._open(now)

    def _open(self, now: float) -> None:
        self._until, self._trial_until, self._elsewhere = now + self._pause, 0.0, False
        _log.warning("%s keeps failing: it is left alone for %g s", self.name, self._pause)
        self._told(self.name, self._pause)

    def _close(self) -> None:
        self._until, self._trial_until, self._failures, self._pause = None, 0.0, 0, self._first
        _log.info("%s answers again", self.name)

    def adopt(self, seconds: float) -> None:
        """Another process has opened its breaker for so long, or (0.0) has not, or not any more."""
        now = self._clock()
        if seconds > 0 and (self._until is None or self._elsewhere):
            if self._until is None or self._until < now:
                self._trial_until = 0.0
            self._until, self._elsewhere = now + seconds, True
        elif seconds <= 0 and self._elsewhere and self._until is not None and now < self._until - _EARLY_S:
            # Gone before its time: the other one has closed it. When its time is up, it is half-open here too.
            self._close()


class SharedBreakers:
    """Shares breakers through Valkey: a key `mcp:breaker:<name>` lives as long as the breaker is open.

    Asked about once a second, not once a call. While Valkey is silent every process has its own breakers and goes on.
    """

    def __init__(self, client: Valkey, *, every_s: float = 1.0) -> None:
        self._client, self._every_s = client, every_s
        self._breakers: dict[str, Breaker] = {}
        self._wanted: dict[str, float] = {}
        self._writes: dict[str, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def breaker(self, name: str, **options: float) -> Breaker:
        """The breaker of an upstream; `options` as for `Breaker`, on the first call."""
        if name not in self._breakers:
            self._breakers[name] = Breaker(name, told=self._tell, **options)  # type: ignore[arg-type]
        return self._breakers[name]

    def start(self) -> None:
        """Begins to share, in the background."""
        self._task = asyncio.create_task(self._run(), name="circuit breakers")

    async def stop(self) -> None:
        tasks = [task for task in (self._task, *self._writes.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, name: str, seconds: float) -> None:
        """Writes what is wanted last, one write at a time: two at once could arrive in the wrong order."""
        self._wanted[name] = seconds
        if name not in self._writes:
            self._writes[name] = asyncio.get_running_loop().create_task(self._write(name))

    async def _write(self, name: str) -> None:
        while (seconds := self._wanted.pop(name, None)) is not None:
            try:
                if seconds > 0:
                    await self._client.set(_key(name), b"open", px=max(1, int(seconds * 1000)))
                else:
                    await self._client.delete(_key(name))
            except (ValkeyError, OSError) as error:
                _log.info("the breaker of %s is not shared: %s", name, error)
        # Here, and not in a callback: what is wanted from now on finds no task, and starts one.
        self._writes.pop(name, None)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            names = list(self._breakers)
            try:
                left = await self._left(names)
            except (ValkeyError, OSError):
                continue
            for name, seconds in zip(names, left, strict=True):
                self._breakers[name].adopt(seconds)

    async def _left(self, names: Iterable[str]) -> list[float]:
        async with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.pttl(_key(name))
            return [max(0, milliseconds) / 1000 for milliseconds in await pipe.execute()]


def _key(name: str) -> str:
    return f"mcp:breaker:{name}"
