"""What a server sends for one request, in order, to the task that waits for it."""

from __future__ import annotations

import asyncio
from collections import deque

from dot_copilot.mcp.gateway.upstreams.base import Message, Reply, UpstreamError

_WAITING = 256


class Inbox:
    """Notifications (and requests of the server) as they came, then the end: a reply, or an error.

    When the client is slower than the server, the oldest notifications are dropped: progress and log messages may be.
    """

    def __init__(self) -> None:
        self._notes: deque[Message] = deque()
        self._end: Reply | UpstreamError | None = None
        self._news = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether the reply, or the failure, is here."""
        return self._end is not None

    def note(self, message: Message) -> None:
        """A notification for this request, or a request the server makes because of it."""
        if self._end is not None:
            return
        if len(self._notes) >= _WAITING:
            oldest = next((n for n, waiting in enumerate(self._notes) if "id" not in waiting), 0)
            del self._notes[oldest]
        self._notes.append(message)
        self._news.set()

    def end(self, how: Reply | UpstreamError) -> None:
        """The last thing that is said; only the first time counts."""
        if self._end is None:
            self._end = how
            self._news.set()

    async def next(self) -> Message | Reply:
        """The next notification, or the reply. Raises the error that ended the request."""
        while not self._notes:
            if isinstance(self._end, UpstreamError):
                raise self._end
            if self._end is not None:
                return self._end
            self._news.clear()
            await self._news.wait()
        return self._notes.popleft()
