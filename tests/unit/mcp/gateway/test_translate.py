"""Questions of an upstream without sessions, asked of a client in one."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any, cast

import orjson
import pytest

from dot_copilot.mcp.gateway.catalogue.entries import entries_of
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.legacy.relay import Ask, Waiting
from dot_copilot.mcp.gateway.legacy.session import Session
from dot_copilot.mcp.gateway.legacy.translate import Translator
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, Reply, Upstream, UpstreamError
from tests.support.mcp_guard import verdict
from tests.unit.mcp.gateway.test_catalogue import configured, tool


class Curious:
    """Asks `method` while it serves a call, and answers with what it was told."""

    def __init__(self, method: str) -> None:
        self.config = configured({"name": "curious"}).upstream[0]
        self.method = method
        self.could_ask = False

    async def exchange(self, request: Exchange) -> Reply:
        self.could_ask = request.on_request is not None
        if request.on_request is None:
            return Reply(result={"content": [], "told": None})
        told = await request.on_request({"jsonrpc": "2.0", "id": 5, "method": self.method, "params": {"x": 1}})
        return Reply(result={"content": [], "told": told, "resultType": "complete"})


class Asked:
    """A call of a client with these capabilities, and what was sent to it."""

    def __init__(self, upstream: Any, capabilities: Message) -> None:
        self.sent: list[bytes] = []
        self.begun = asyncio.Event()
        self.waiting = Waiting()
        (self.entry,) = entries_of(upstream.config, cast(Upstream, upstream), Kind.TOOL, [tool("a")])
        session = Session("2025-11-25", capabilities, {}, {}, b"key")
        self.ask = Ask(1, "tools/call", {"name": "a"}, session, verdict(), cast(Any, None), self._send)

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message.get("body", b""))
        if len(self.sent) == 2:
            self.begun.set()

    async def run(self) -> str:
        return await Translator(self.waiting).forward(self.ask, self.entry, None)

    def answer(self) -> Message:
        text = self.sent[-1].decode()
        found: Message = orjson.loads(text.partition("data: ")[2] or text)
        return found


@pytest.mark.asyncio
async def test_the_clients_answer_reaches_the_upstream() -> None:
    asked = Asked(Curious("elicitation/create"), {"elicitation": {}})
    run = asyncio.ensure_future(asked.run())
    await asyncio.wait_for(asked.begun.wait(), 5)
    question = asked.answer()
    assert (question["method"], question["params"]) == ("elicitation/create", {"x": 1})
    assert not asked.waiting.answer(Session("2025-11-25", {}, {}, {}, b"another"), question["id"], {}), "another session's"
    assert asked.waiting.answer(
        asked.ask.session, question["id"], {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept"}}
    )
    assert await run == "ok"
    result = asked.answer()["result"]
    assert (result["told"]["id"], result["told"]["result"]) == (5, {"action": "accept"})
    assert "resultType" not in result
    assert not asked.waiting.answer(asked.ask.session, question["id"], {}), "it is answered once"


@pytest.mark.asyncio
async def test_a_client_is_not_asked_what_it_cannot_do() -> None:
    silent = Curious("sampling/createMessage")
    asked = Asked(silent, {})
    assert await asked.run() == "ok"
    assert not silent.could_ask
    asked = Asked(silent, {"elicitation": {}})
    assert await asked.run() == "ok"
    assert asked.answer()["result"]["told"]["error"]["code"] == -32601


@pytest.mark.asyncio
async def test_input_that_is_never_enough_ends() -> None:
    class Insatiable(Curious):
        async def exchange(self, request: Exchange) -> Reply:
            return Reply(result={"resultType": "input_required", "inputRequests": {}, "requestState": "more"})

    with pytest.raises(UpstreamError, match="8 times"):
        await Asked(Insatiable(""), {}).run()


@pytest.mark.asyncio
async def test_errors_and_giants_are_passed_on_as_such() -> None:
    class Wrong(Curious):
        async def exchange(self, request: Exchange) -> Reply:
            return Reply(error={"code": -32602, "message": "no", "data": {"why": 1}})

    asked = Asked(Wrong(""), {})
    assert await asked.run() == "error"
    assert asked.answer()["error"] == {"code": -32602, "message": "no", "data": {"why": 1}}

    class Giant(Curious):
        async def exchange(self, request: Exchange) -> Reply:
            return Reply(result={"content": "x" * self.config.max_result_bytes})

    with pytest.raises(UpstreamError) as error:
        await Asked(Giant(""), {}).run()
    assert error.value.reason == "too_large"
