"""Answers that are asked for by several readers at once are fetched once, and hold for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

from dot_copilot.core.watching import Alerts, FiringAlert, Metrics, Sample, Series, Supervision, Watched

T = TypeVar("T")
_MOST = 64


class Lately(Generic[T]):
    """The last answers by key. What failed is not asked again for `failed_s` either: its time-out was long enough."""

    def __init__(self, holds_s: float, failed_s: float = 2.0) -> None:
        self._holds_s, self._failed_s = holds_s, failed_s
        self._asked: dict[Hashable, tuple[float, asyncio.Task[T]]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to `key`, from `ask` unless there is one that still holds."""
        now = time.monotonic()
        until, task = self._asked.get(key, (0.0, None))
        if task is None or task.cancelled() or (task.done() and now > until):
            task = asyncio.ensure_future(self._ask(key, ask))
            self._make_room()
            self._asked[key] = (now, task)
        # A reader who goes away takes nothing from the others.
        return await asyncio.shield(task)

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        holds = self._failed_s
        try:
            answer = await ask()
            holds = self._holds_s
        finally:
            entry = self._asked.get(key)
            if entry is not None:
                self._asked[key] = (time.monotonic() + holds, entry[1])
        return answer

    def _make_room(self) -> None:
        while len(self._asked) >= _MOST:
            self._asked.pop(next(iter(self._asked)))


class LatelyMetrics:
    """`Metrics` whose present values hold for four seconds, about as long as until the next scrape."""

    def __init__(self, inner: Metrics) -> None:
        self._inner = inner
        self._asked: Lately[Any] = Lately(4.0)

    async def query(self, question: str) -> list[Sample]:
        found: list[Sample] = await self._asked.get(question, lambda: self._inner.query(question))
        return found

    async def query_range(self, question: str, *, start: float, end: float, step: float) -> list[Series]:
        key = (question, start, end, step)
        found: list[Series] = await self._asked.get(
            key, lambda: self._inner.query_range(question, start=start, end=end, step=step)
        )
        return found

    async def rules(self) -> list[FiringAlert]:
        found: list[FiringAlert] = await self._asked.get("rules", self._inner.rules)
        return found

    async def close(self) -> None:
        await self._inner.close()


class LatelyAlerts:
    """`Alerts` that hold for two seconds."""

    def __init__(self, inner: Alerts) -> None:
        self._inner = inner
        self._asked: Lately[list[FiringAlert]] = Lately(2.0)

    async def active(self) -> list[FiringAlert]:
        return await self._asked.get("active", self._inner.active)

    async def close(self) -> None:
        await self._inner.close()


class LatelySupervision:
    """`Supervision` that holds for half a second."""

    def __init__(self, inner: Supervision) -> None:
        self._inner = inner
        self._asked: Lately[Watched] = Lately(0.5)

    async def state(self) -> Watched:
        return await self._asked.get("state", self._inner.state)

    async def close(self) -> None:
        await self._inner.close()
