"""Reading an upstream's HTTP answer as a JSON-RPC reply, with everything that can be wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import orjson
from msgspec import Struct

from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import sse

MAX_EVENT = 16 * 1024 * 1024
Resume = Callable[[bytes], Awaitable[Answer]]
Say = Callable[[Message], Awaitable[None]]
_RESUMED, _LONGEST_RETRY_S, _ASKED_AT_ONCE = 8, 30.0, 8


def status_error(status: int) -> UpstreamError:
    """What an HTTP status without a JSON-RPC body means."""
    if status in (401, 403):
        return UpstreamError("refused", f"The upstream refused the credential it was shown (HTTP {status}).")
    return UpstreamError("broken", f"The upstream answered HTTP {status} instead of a result. The call may have run.")


async def reply_of(answer: Answer, request_id: Any, request: Exchange | Aside, resume: Resume | None = None) -> Reply:
    """The reply to `request_id`, from a JSON body or a stream; messages before it go to the callbacks.

    `resume` opens a stream that was closed early again, after an event id (2025-11-25, basic/transports).
    """
    if answer.content_type != b"text/event-stream":
        if answer.content_type != b"application/json":
            raise status_error(answer.status)
        return _reply(_load(answer.body), request_id, answer.status)
    aside, last = request if isinstance(request, Aside) else Aside(request, None), Last()
    for _ in range(_RESUMED):
        status = answer.status
        async with contextlib.aclosing(messages_of(answer, last)) as messages:
            async for message in messages:
                if "method" in message:
                    await aside.take(message)
                elif message:
                    return _reply(message, request_id, status)
        if resume is None or last.id is None:
            break
        await asyncio.sleep(last.retry_s)
        answer = await resume(last.id)
    raise UpstreamError("broken", "The upstream ended its answer before the result. The call may have run.")


class Last(Struct):
    """Where a stream was when it closed, and how long to wait before it is opened again."""

    id: bytes | None = None
    retry_s: float = 1.0


async def messages_of(answer: Answer, last: Last) -> AsyncGenerator[Message, None]:
    """The messages of a stream, to its end; the priming event of a stream that can be resumed holds none."""
    if answer.content_type != b"text/event-stream":
        raise status_error(answer.status)
    try:
        reader = sse.Reader(MAX_EVENT)
        while (chunk := await answer.next()) is not None:
            for event in reader.feed(chunk):
                last.id = last.id if event.id is None else event.id
                if event.retry is not None and event.retry.isdigit():
                    last.retry_s = min(int(event.retry) / 1000, _LONGEST_RETRY_S)
                if event.data:
                    yield _load(event.data)
    except sse.TooLarge:
        raise UpstreamError("too_large", f"The upstream's answer is larger than {MAX_EVENT} bytes.") from None
    finally:
        answer.abandon()


class Aside:
    """What comes before the reply: notifications, and questions, which are answered while the stream is read on.

    `say` sends an answer; without it questions are not answered.
    """

    def __init__(self, request: Exchange, say: Say | None) -> None:
        self.request, self._say = request, say
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, message: Message) -> None:
        if "id" not in message:
            if self.request.on_notification is not None:
                await self.request.on_notification(message)
        elif self._say is not None and len(self._tasks) < _ASKED_AT_ONCE:
            task = asyncio.create_task(self._answer(self._say, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, say: Say, message: Message) -> None:
        if message["method"] == "ping":
            answer: Message = {"result": {}}
        elif self.request.on_request is None:
            answer = {"error": {"code": -32601, "message": "nobody here can answer this"}}
        else:
            given = await self.request.on_request(message)
            answer = {key: given[key] for key in ("result", "error") if key in given}
        await say({"jsonrpc": "2.0", **answer, "id": message["id"]})

    def close(self) -> None:
        """The reply is here, or will never be: nobody waits for answers any more."""
        for task in self._tasks:
            task.cancel()


def _load(data: bytes) -> Message:
    try:
        message = orjson.loads(data)
    except orjson.JSONDecodeError:
        message = None
    if not isinstance(message, dict):
        raise UpstreamError("broken", "The upstream's answer is not JSON-RPC. The call may have run.")
    return message


def _reply(message: Message, request_id: Any, status: int) -> Reply:
    result, error = message.get("result"), message.get("error")
    if isinstance(error, dict) and message.get("id") in (request_id, None):
        return Reply(error=error)
    if status in (401, 403):
        raise status_error(status)
    if message.get("id") != request_id or not isinstance(result, dict):
        raise UpstreamError("broken", "The upstream answered another request than the one it was sent.")
    return Reply(result=result)
