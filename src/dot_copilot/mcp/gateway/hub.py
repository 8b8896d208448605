"""Who listens in this process: the gateway's own news (lists have changed), spread to every open stream."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from dot_copilot.mcp.gateway.definitions import Kind

_MOST = 1024

# A template's list has no notification of its own: it is one of the resources'.
NOTIFICATION = {
    Kind.TOOL: "notifications/tools/list_changed",
    Kind.PROMPT: "notifications/prompts/list_changed",
    Kind.RESOURCE: "notifications/resources/list_changed",
    Kind.TEMPLATE: "notifications/resources/list_changed",
}


class Full(Exception):
    """Too many streams are open in this process."""


class Hub:
    """Streams hold a queue of notification methods. A method that waits already is not queued twice."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str | None]] = set()

    def publish(self, kinds: frozenset[Kind]) -> None:
        """Tells every stream which lists have changed."""
        for method in sorted({NOTIFICATION[kind] for kind in kinds}):
            for queue in self._queues:
                if method not in queue._queue:  # type: ignore[attr-defined]
                    queue.put_nowait(method)

    def close(self) -> None:
        """Ends every stream gracefully: the process stops."""
        for queue in self._queues:
            queue.put_nowait(None)

    @contextmanager
    def subscribed(self) -> Iterator[asyncio.Queue[str | None]]:
        """A queue of methods; None says that the process stops. `Full` when too many listen."""
        if len(self._queues) >= _MOST:
            raise Full
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
