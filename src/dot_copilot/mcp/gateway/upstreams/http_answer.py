"""Reading an upstream's HTTP answer as a JSON-RPC reply, with everything that can be wrong with it."""

from __future__ import annotations

from typing import Any

import orjson

from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import sse

MAX_EVENT = 16 * 1024 * 1024


def status_error(status: int) -> UpstreamError:
    """What an HTTP status without a JSON-RPC body means."""
    if status in (401, 403):
        return UpstreamError("refused", f"The upstream refused the credential it was shown (HTTP {status}).")
    return UpstreamError("broken", f"The upstream answered HTTP {status} instead of a result. The call may have run.")


async def reply_of(answer: Answer, request_id: Any, request: Exchange) -> Reply:
    """The reply to `request_id`, from a JSON body or a stream; messages before it go to the callbacks."""
    if answer.content_type != b"text/event-stream":
        if answer.content_type != b"application/json":
            raise status_error(answer.status)
        return _reply(_load(answer.body), request_id, answer.status)
    try:
        reader = sse.Reader(MAX_EVENT)
        while (chunk := await answer.next()) is not None:
            for event in reader.feed(chunk):
                message = _load(event.data) if event.data else {}
                if "method" in message:
                    await _aside(message, request)
                elif message:
                    return _reply(message, request_id, answer.status)
    except sse.TooLarge:
        raise UpstreamError("too_large", f"The upstream's answer is larger than {MAX_EVENT} bytes.") from None
    finally:
        answer.abandon()
    raise UpstreamError("broken", "The upstream ended its answer before the result. The call may have run.")


async def _aside(message: Message, request: Exchange) -> None:
    if "id" not in message and request.on_notification is not None:
        await request.on_notification(message)


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
