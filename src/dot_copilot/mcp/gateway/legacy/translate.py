"""Requests of a session to upstreams that have none: programs over stdio, and servers of revision 2026-07-28 only."""

from __future__ import annotations

import itertools
from typing import Any

import orjson

from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.legacy.ids import wrap_request
from dot_copilot.mcp.gateway.legacy.relay import Ask, Waiting
from dot_copilot.mcp.gateway.modern.ladder import CAPABILITIES_KEY
from dot_copilot.mcp.gateway.ports import Outcome
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, UpstreamError
from dot_copilot.mcp.gateway.wire.jsonrpc import INTERNAL_ERROR, METHOD_NOT_FOUND

_ROUNDS = 8
_NEEDS = {"sampling/createMessage": "sampling", "elicitation/create": "elicitation", "roots/list": "roots"}
_MODERN_ONLY = ("resultType", "ttlMs", "cacheScope")


class Translator:
    """Speaks in messages. Questions an upstream asks on the way go to the client and back."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._numbers = itertools.count(1)

    async def forward(self, ask: Ask, entry: Entry, credential: str | None) -> Outcome:
        """One request, with as many rounds as the upstream needs (SEP-2322). Raises `UpstreamError`."""
        params = dict(ask.params)
        given = params.get("_meta")
        params["_meta"] = {**(given if isinstance(given, dict) else {}), CAPABILITIES_KEY: ask.session.capabilities}
        for _ in range(_ROUNDS):
            reply = await self._once(ask, entry, params, credential)
            if reply.error is not None or reply.result is None:
                error = reply.error or {}
                code = error.get("code")
                await ask.error(
                    code if isinstance(code, int) else INTERNAL_ERROR, str(error.get("message", "")), error.get("data")
                )
                return "error"
            if reply.result.get("resultType") != "input_required":
                return await self._finish(ask, entry, reply.result)
            params["inputResponses"] = await self._asked(ask, entry, reply.result.get("inputRequests"))
            params.pop("requestState", None)
            if isinstance(reply.result.get("requestState"), str):
                params["requestState"] = reply.result["requestState"]
        raise UpstreamError("broken", f"The upstream asked for more input {_ROUNDS} times.")

    async def _once(self, ask: Ask, entry: Entry, params: Message, credential: str | None) -> Any:
        assert entry.upstream is not None

        async def notify(message: Message) -> None:
            await ask.event(orjson.dumps(message))

        async def request(message: Message) -> Message:
            return await self._question(ask, entry, str(message.get("method")), message.get("params"), message.get("id"))

        able = any(name in ask.session.capabilities for name in _NEEDS.values())
        exchange = Exchange(ask.method, params, credential, on_notification=notify, on_request=request if able else None)
        return await entry.upstream.exchange(exchange)

    async def _question(self, ask: Ask, entry: Entry, method: str, params: Any, own_id: Any) -> Message:
        """Asks the client; its answer comes in another POST, under the id given here. What it cannot do is not asked."""
        if method in _NEEDS and _NEEDS[method] not in ask.session.capabilities:
            return {
                "jsonrpc": "2.0",
                "id": own_id,
                "error": {"code": METHOD_NOT_FOUND, "message": f"The client has no {_NEEDS[method]}."},
            }
        wrapped = wrap_request(entry.offered.upstream, f"t{next(self._numbers)}")
        future = self._waiting.expect(ask.session, wrapped)
        try:
            message = {"jsonrpc": "2.0", "id": wrapped, "method": method, **({} if params is None else {"params": params})}
            await ask.event(orjson.dumps(message))
            answer = await future
        finally:
            future.cancel()
        return {**answer, "id": own_id}

    async def _asked(self, ask: Ask, entry: Entry, requests: Any) -> Message:
        answers: Message = {}
        for key, request in (requests if isinstance(requests, dict) else {}).items():
            if not isinstance(request, dict):
                raise UpstreamError("broken", "The upstream's inputRequests are damaged.")
            answer = await self._question(ask, entry, str(request.get("method")), request.get("params"), None)
            answers[key] = answer.get("result", {"action": "cancel"})
        return answers

    async def _finish(self, ask: Ask, entry: Entry, result: Message) -> Outcome:
        assert entry.upstream is not None
        raw = orjson.dumps({key: value for key, value in result.items() if key not in _MODERN_ONLY})
        if len(raw) > entry.upstream.config.max_result_bytes:
            raise UpstreamError("too_large", f"The answer is larger than {entry.upstream.config.max_result_bytes} bytes.")
        await ask.result(raw)
        return "tool_error" if result.get("isError") is True else "ok"
