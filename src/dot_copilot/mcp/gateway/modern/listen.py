"""subscriptions/listen (SEP-2575): one stream with the gateway's own news and the upstreams' updates of resources."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from dot_copilot.mcp.gateway import streams
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.hub import Hub
from dot_copilot.mcp.gateway.modern.relay import Call
from dot_copilot.mcp.gateway.ports import Refused
from dot_copilot.mcp.gateway.routing.access import Access, ToolText
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream, authorization_line
from dot_copilot.mcp.gateway.upstreams.http_watch import watch
from dot_copilot.mcp.gateway.wire import asgi, sse
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, RpcError, result_bytes

logger = logging.getLogger(__name__)

SUBSCRIPTION: Final = "io.modelcontextprotocol/subscriptionId"
_FLAGS: Final = {
    "toolsListChanged": "notifications/tools/list_changed",
    "promptsListChanged": "notifications/prompts/list_changed",
    "resourcesListChanged": "notifications/resources/list_changed",
}
_MOST_URIS = 256
_SUBSCRIBE = "resources/subscribe"
"""The name under which all eras' subscriptions are limited and recorded."""


class Listen:
    """Acknowledges first, then sends only what was asked for."""

    def __init__(self, access: Access, hub: Hub) -> None:
        self._access, self._hub = access, hub

    async def run(self, call: Call, alive: Callable[[], Awaitable[bool]]) -> None:
        """Serves one subscription until the client leaves, its sign-in ends, or the process stops."""
        asked = call.params.get("notifications")
        if not isinstance(asked, dict):
            raise RpcError(INVALID_PARAMS, "params.notifications must be an object.")
        flags = {name: True for name in _FLAGS if asked.get(name) is True}
        places = await self._places(call, asked.get("resourceSubscriptions"))
        honored: dict[str, Any] = dict(flags)
        if places:
            honored["resourceSubscriptions"] = [uri for uris in places.values() for uri in uris]
        queue: streams.Outgoing = asyncio.Queue(streams.QUEUE)
        with self._hub.subscribed() as news:
            tasks = [asyncio.create_task(self._news(call, news, {_FLAGS[name] for name in flags}, queue))]
            tasks += [asyncio.create_task(self._updates(call, upstream, uris, queue)) for upstream, uris in places.items()]
            try:
                await asgi.begin(call.send, 200, sse.HEADERS)
                acknowledged = _tagged(call, "notifications/subscriptions/acknowledged", {"notifications": honored})
                await asgi.more(call.send, acknowledged)
                await streams.serve(call.receive, call.send, queue, alive)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _places(self, call: Call, uris: object) -> dict[HttpUpstream, list[str]]:
        """Which upstream serves which URI. URIs that are unknown or not allowed are left out, as the acknowledgement shows.

        At each upstream this counts as one call, and has one line on record.
        """
        if uris is None:
            return {}
        if not isinstance(uris, list) or len(uris) > _MOST_URIS or not all(isinstance(uri, str) for uri in uris):
            raise RpcError(INVALID_PARAMS, f"resourceSubscriptions must be a list of at most {_MOST_URIS} URIs.")
        places: dict[HttpUpstream, list[str]] = {}
        limited: set[str] = set()
        for uri in dict.fromkeys(uris):
            try:
                entry = self._access.entry(Kind.RESOURCE, uri)
            except RpcError:
                continue
            if entry.offered.upstream not in limited:
                limited.add(entry.offered.upstream)
                await self._access.limit(call.verdict, entry, _SUBSCRIBE)
            try:
                self._access.allow(call.verdict, entry)
            except (RpcError, Refused, ToolText):
                continue
            if isinstance(entry.upstream, HttpUpstream) and entry.upstream.era != "legacy":
                places.setdefault(entry.upstream, []).append(uri)
        for granted in places.values():
            more = f" and {len(granted) - 1} more" if len(granted) > 1 else ""
            self._access.note(call.verdict, self._access.entry(Kind.RESOURCE, granted[0]), _SUBSCRIBE, granted[0] + more, granted)
        return places

    async def _news(self, call: Call, news: asyncio.Queue[str | None], wanted: set[str], queue: streams.Outgoing) -> None:
        while (method := await news.get()) is not None:
            if method in wanted:
                streams.put(queue, _tagged(call, method, {}))
        result = orjson.dumps({"resultType": "complete", "_meta": {SUBSCRIPTION: call.id}})
        streams.put(queue, sse.write(result_bytes(call.id, result)))
        streams.put(queue, None)

    async def _updates(self, call: Call, upstream: HttpUpstream, uris: list[str], queue: streams.Outgoing) -> None:
        """Relays updates of `uris`; listens again when the upstream's stream breaks."""
        wanted = set(uris)

        def heard(message: dict[str, Any]) -> None:
            params = message.get("params")
            updated = message.get("method") == "notifications/resources/updated"
            if updated and isinstance(params, dict) and params.get("uri") in wanted:
                streams.put(queue, _tagged(call, "notifications/resources/updated", params))

        entry = self._access.entry(Kind.RESOURCE, uris[0])
        wait = 0.5
        while True:
            try:
                credential = await self._access.credential(call.verdict, entry)
                await watch(upstream, authorization_line(credential), {"resourceSubscriptions": uris}, heard)
                wait = 0.5
            except UpstreamError as error:
                logger.info("listen to %s: %s", upstream.name, error.text)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 15.0)


def _tagged(call: Call, method: str, params: dict[str, Any]) -> bytes:
    given = params.get("_meta")
    meta = {**(given if isinstance(given, dict) else {}), SUBSCRIPTION: call.id}
    return sse.write(orjson.dumps({"jsonrpc": "2.0", "method": method, "params": {**params, "_meta": meta}}))
