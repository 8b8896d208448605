"""Listening to an upstream: `subscriptions/listen` of revision 2026-07-28, or the GET stream of the eras before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

import orjson

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import Era, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_answer import MAX_EVENT, status_error
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import sse
from dot_copilot.mcp.gateway.wire.jsonrpc import MODERN, dumps

logger = logging.getLogger(__name__)

# Servers ping an open stream every 15 seconds or so; one that is silent for long is taken for dead and asked again.
LONG: Final = Timeouts(connect=2.0, first_byte=30.0, idle=90.0, total=3600.0)
_META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN[-1],
    "io.modelcontextprotocol/clientInfo": {"name": "dot-copilot-gateway", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
_LISTS: Final = {"toolsListChanged": True, "promptsListChanged": True, "resourcesListChanged": True}

Heard = Callable[[dict[str, Any]], None]


class Listened(Protocol):
    """What listening needs of an upstream."""

    @property
    def name(self) -> str: ...

    @property
    def era(self) -> Era: ...

    async def post(self, lines: bytes, body: bytes, timeouts: Timeouts | None = None) -> Answer: ...


async def watch(upstream: Listened, authorization: bytes, filters: dict[str, Any], heard: Heard) -> None:
    """One listen stream; gives every message to `heard` until the stream ends. Raises `UpstreamError`."""
    params = {"_meta": _META, "notifications": filters}
    body = dumps({"jsonrpc": "2.0", "id": "listen", "method": "subscriptions/listen", "params": params})
    lines = b"mcp-protocol-version: %b\r\nmcp-method: subscriptions/listen\r\n" % MODERN[-1].encode()
    await follow(await upstream.post(lines + authorization, body, LONG), heard)


async def follow(answer: Answer, heard: Heard) -> None:
    """Reads a stream to its end."""
    if answer.content_type != b"text/event-stream" or answer.status != 200:
        raise status_error(answer.status)
    reader = sse.Reader(MAX_EVENT)
    try:
        while (chunk := await answer.next()) is not None:
            for event in reader.feed(chunk):
                message = _message(event.data)
                if message is not None:
                    heard(message)
    except sse.TooLarge:
        raise UpstreamError("too_large", "An event of the upstream is too large.") from None
    finally:
        answer.abandon()


def _message(data: bytes) -> dict[str, Any] | None:
    try:
        message = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return message if isinstance(message, dict) else None


async def watch_lists(upstream: Listened, changed: Callable[[str], None]) -> None:
    """Calls `changed` whenever the upstream says that a list of its has changed, and after every gap. Never ends."""
    wait = 1.0

    def heard(message: dict[str, Any]) -> None:
        if str(message.get("method", "")).endswith("/list_changed"):
            changed(upstream.name)

    while True:
        started = asyncio.get_running_loop().time()
        try:
            await watch(upstream, b"", _LISTS, heard)
        except UpstreamError as error:
            logger.debug("listen to %s: %s", upstream.name, error.text)
        lived = asyncio.get_running_loop().time() - started
        wait = 1.0 if lived > 30.0 else min(wait * 2, 60.0)
        await asyncio.sleep(wait)
        if lived > 5.0:
            changed(upstream.name)
