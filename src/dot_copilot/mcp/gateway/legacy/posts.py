"""What clients post besides requests: answers to upstreams' questions, and notifications."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.legacy.ids import unwrap_request
from dot_copilot.mcp.gateway.legacy.relay import Waiting
from dot_copilot.mcp.gateway.legacy.session import Session, Sessions
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.wire.jsonrpc import MessageId, dumps

logger = logging.getLogger(__name__)

# Client to server, up to 2025-11-25. `initialized` is not here: the gateway says it when it opens a session.
_PASSED_ON = frozenset({"notifications/cancelled", "notifications/progress", "notifications/roots/list_changed"})
_POST = Timeouts(connect=2.0, first_byte=5.0, idle=5.0, total=5.0)


class Posts:
    """Takes a message after it was acknowledged (202), and brings it to the upstream it is for."""

    def __init__(self, sessions: Sessions, waiting: Waiting) -> None:
        self._sessions, self._waiting = sessions, waiting
        self._running: dict[tuple[bytes, MessageId], tuple[asyncio.Task[Any], list[bool]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- requests that run here, so that they can be cancelled ---------------------------------------------------------------

    def running(self, session: Session, message_id: MessageId, task: asyncio.Task[Any]) -> Callable[[], bool]:
        """Notes a request; the returned function says whether the client has cancelled it."""
        flags: list[bool] = []
        self._running[(session.key, message_id)] = (task, flags)
        return lambda: bool(flags)

    def ended(self, session: Session, message_id: MessageId) -> None:
        """The request has ended."""
        self._running.pop((session.key, message_id), None)

    # -- messages ----------------------------------------------------------------------------------------------------------------

    def take(self, message: dict[str, Any], session: Session, verdict: Verdict) -> None:
        """Brings the message on its way; whether it arrives does not concern the client (JSON-RPC 2.0, 4.1)."""
        if "method" not in message:
            self._answered(message, session, verdict)
        elif message["method"] in _PASSED_ON:
            self._spawn(self._noticed(message, session, verdict))

    def _answered(self, message: dict[str, Any], session: Session, verdict: Verdict) -> None:
        wrapped = message["id"]
        if isinstance(wrapped, str) and self._waiting.answer(session, wrapped, message):
            return
        place = unwrap_request(wrapped)
        upstream = self._sessions.http.get(place[0]) if place is not None else None
        if place is not None and upstream is not None:
            self._spawn(self._send({**message, "id": place[1]}, session, verdict, upstream))

    async def _noticed(self, message: dict[str, Any], session: Session, verdict: Verdict) -> None:
        await self.everywhere(message, session, verdict)
        params = message.get("params")
        if message["method"] == "notifications/cancelled" and isinstance(params, dict):
            # Upstreams with sessions answer a cancelled request themselves; it ends here if they do not, or have none.
            await asyncio.sleep(0.5)
            request = params.get("requestId")
            found = self._running.get((session.key, request)) if isinstance(request, str | int) else None
            if found is not None:
                found[1].append(True)
                found[0].cancel()

    async def everywhere(self, message: dict[str, Any], session: Session, verdict: Verdict) -> None:
        """Sends a message to every upstream that has a session of this client."""
        there = [one for one in self._sessions.http.values() if self._sessions.held(session, one.name) is not None]
        await asyncio.gather(*(self._send(message, session, verdict, one) for one in there))

    async def _send(self, message: dict[str, Any], session: Session, verdict: Verdict, upstream: HttpUpstream) -> None:
        try:
            lines = await self._sessions.lines(session, verdict, upstream)
            answer = await upstream.post(lines, dumps(message), _POST)
            while "id" in message and not answer.complete and await answer.next() is not None:
                continue
            answer.abandon()
        except UpstreamError as error:
            logger.info("%s did not get a message of a client: %s", upstream.name, error.text)

    def _spawn(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
