"""Requests in a session: answered by the gateway, or forwarded with the same policy, limits and audit as in every era."""

from __future__ import annotations

import asyncio
from typing import Any

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.catalogue.publish import Publisher
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.legacy.posts import Posts
from dot_copilot.mcp.gateway.legacy.relay import Ask, HttpRelay
from dot_copilot.mcp.gateway.legacy.session import Session
from dot_copilot.mcp.gateway.legacy.translate import Translator
from dot_copilot.mcp.gateway.modern.calls import resolve_reference
from dot_copilot.mcp.gateway.modern.relay import follow_failure, outcome_of
from dot_copilot.mcp.gateway.ports import CallEntry, Outcome, Verdict
from dot_copilot.mcp.gateway.routing import completions
from dot_copilot.mcp.gateway.routing.access import KIND_OF, Access, ToolText
from dot_copilot.mcp.gateway.search import tools as search
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, RpcError, request_id, tool_error

_LISTS = {kind.method: kind for kind in Kind}
_SUBSCRIBE = frozenset({"resources/subscribe", "resources/unsubscribe"})
_LEVELS = frozenset({"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"})


class Requests:
    """Runs one request."""

    def __init__(
        self,
        catalogue: Catalogue,
        publisher: Publisher,
        access: Access,
        search_tools: search.Search | None,
        posts: Posts,
        *,
        relay: HttpRelay,
        translator: Translator,
    ) -> None:
        self._catalogue, self._publisher, self._access = catalogue, publisher, access
        self._search, self._posts = search_tools, posts
        self._relay, self._translator = relay, translator

    async def run(
        self, message: dict[str, Any], session: Session, verdict: Verdict, receive: asgi.Receive, send: asgi.Send
    ) -> None:
        """Answers it. Raises `Refused` and `RpcError` before anything was sent."""
        params = dict(message.get("params") or {})
        ask = Ask(request_id(message), message["method"], params, session, verdict, receive, send)
        if ask.method == "ping":
            await ask.result(b"{}")
        elif ask.method in _LISTS:
            await ask.result(self._publisher.page(_LISTS[ask.method], verdict, params.get("cursor"), modern=False))
        elif ask.method == "logging/setLevel":
            if params.get("level") not in _LEVELS:
                raise RpcError(INVALID_PARAMS, "params.level must be one of the eight levels of RFC 5424.")
            await self._posts.everywhere(message, session, verdict)
            await ask.result(b"{}")
        elif ask.method in KIND_OF or ask.method in _SUBSCRIBE or ask.method == completions.METHOD:
            await self._call(ask)
        else:
            raise RpcError(METHOD_NOT_FOUND, f"Method not found: {ask.method[:100]}")

    async def _call(self, ask: Ask) -> None:
        try:
            entry = self._resolve(ask)
            self._access.allow(ask.verdict, entry, ask.params.get("arguments"))
            log = await self._begin(ask, entry)
        except ToolText as error:
            await ask.result(tool_error(error.text))
            return
        if entry.upstream is None:
            await self._own(ask, log)
        else:
            await self._forward(ask, entry, log)

    def _resolve(self, ask: Ask) -> Entry:
        params = ask.params
        if ask.method == completions.METHOD:
            return resolve_reference(self._access, params, legacy=True)
        if ask.method in _SUBSCRIBE:
            return self._access.entry(Kind.RESOURCE, params.get("uri"), legacy=True)
        kind, key = KIND_OF[ask.method], h.NAMED[ask.method]
        if kind is Kind.TOOL and params.get("name") == search.CALL and self._search is not None:
            params["name"], params["arguments"] = search.inner(params.get("arguments"))
        return self._access.entry(kind, params.get(key), legacy=True)

    async def _begin(self, ask: Ask, entry: Entry) -> CallEntry:
        if ask.method == completions.METHOD:
            return await self._access.begin_completion(ask.verdict, entry, ask.params)
        key = h.NAMED.get(ask.method, "uri")
        if entry.offered.kind is not Kind.TEMPLATE:
            ask.params[key] = entry.offered.name
        return await self._access.begin(ask.verdict, entry, ask.method, ask.params[key], ask.params.get("arguments"))

    async def _own(self, ask: Ask, log: CallEntry) -> None:
        assert self._search is not None
        try:
            result = self._search.find(ask.verdict, ask.params.get("arguments"))
        except RpcError as error:
            log.end("error", error.message)
            raise
        log.end("ok")
        await ask.result(result)

    async def _forward(self, ask: Ask, entry: Entry, log: CallEntry) -> None:
        outcome: Outcome = "cancelled"
        detail: str | None = None
        task = asyncio.current_task()
        assert task is not None
        cancelled = self._posts.running(ask.session, ask.id, task)
        try:
            outcome = await self._exchange(ask, entry)
        except UpstreamError as error:
            outcome, detail = outcome_of(error), error.text
            follow_failure(error)
            await ask.failed(error, entry.offered.upstream)
        except RpcError as error:
            outcome, detail = "refused", error.message
            raise
        except asyncio.CancelledError:
            if not cancelled():
                raise
            task.uncancel()
            await ask.error(-32800, "The request was cancelled.")
        finally:
            self._posts.ended(ask.session, ask.id)
            log.end(outcome, detail, ask.told)

    async def _exchange(self, ask: Ask, entry: Entry) -> Outcome:
        upstream = entry.upstream
        if isinstance(upstream, HttpUpstream) and await upstream.settle() != "modern":
            return await self._relay.forward(ask, upstream)
        if ask.method in _SUBSCRIBE:
            raise RpcError(METHOD_NOT_FOUND, "The server of this resource takes no subscriptions from sessions.")
        return await self._translator.forward(ask, entry, await self._access.credential(ask.verdict, entry))
