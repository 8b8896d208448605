"""A program as an upstream: what it offers, calls, progress, cancellation, and what it asks back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, UpstreamError
from tests.mcp.upstreams.stdio_rig import alive, call, children, said, upstream
from tests.support.stdio_server import TOOLS

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]


async def test_everything_it_offers_is_listed_page_by_page() -> None:
    async with upstream() as made:
        assert made.state == "starting"
        fetched = await made.fetch()

        assert [tool["name"] for tool in fetched.tools] == TOOLS
        assert (made.state, made.detail, made.era) == ("ready", "", "legacy")
        assert fetched.server_info["name"] == "test"
        assert made.processes == 0, "listing leaves no process behind"


async def test_what_would_change_a_shared_session_is_not_offered() -> None:
    async with upstream() as made:
        assert (await made.fetch()).capabilities == {"tools": {"listChanged": True}, "resources": {}}
        for method in ("logging/setLevel", "resources/subscribe"):
            reply = await made.exchange(Exchange(method, {}, "alice"))
            assert reply.error is not None
            assert reply.error["code"] == -32601


async def test_a_call_is_answered_by_the_process_of_its_credential() -> None:
    async with upstream(env={"MODE": "", "EXTRA": "1"}) as made:
        alice, bob, again = [said(await call(made, "environment", who)) for who in ("alice", "bob", "alice")]

        assert alice["pid"] == again["pid"] != bob["pid"]
        assert (alice["environment"]["TOKEN"], bob["environment"]["TOKEN"]) == ("alice", "bob")
        assert alice["environment"]["EXTRA"] == "1"
        assert set(alice["environment"]) <= {"TOKEN", "EXTRA", "MODE", "PATH", "LANG", "TZ", "LC_CTYPE"} | {
            name for name in alice["environment"] if "proxy" in name.lower() or name.startswith("SSL_")
        }


async def test_calls_are_answered_out_of_order() -> None:
    async with upstream() as made:
        slow = asyncio.create_task(call(made, "echo", arguments={"n": 1, "seconds": 0.5}))
        await asyncio.sleep(0.1)
        assert said(await call(made, "echo", arguments={"n": 2}))["n"] == 2
        assert not slow.done()
        assert said(await slow)["n"] == 1


async def test_progress_carries_the_clients_own_token() -> None:
    async with upstream() as made:

        async def progress(token: object) -> list[Message]:
            notes: list[Message] = []

            async def note(message: Message) -> None:
                notes.append(message)

            params = {"name": "progress", "arguments": {}, "_meta": {"progressToken": token}}
            await made.exchange(Exchange("tools/call", params, "alice", on_notification=note))
            return notes

        # Two clients may well choose one token.
        one, two = await asyncio.gather(progress("p"), progress("p"))
        for notes in (one, two):
            assert [(n["params"]["progressToken"], n["params"]["progress"]) for n in notes] == [("p", 0), ("p", 1), ("p", 2)]


async def test_log_messages_reach_the_only_call_under_way() -> None:
    notes: list[Message] = []

    async def note(message: Message) -> None:
        notes.append(message)

    async with upstream() as made:
        await call(made, "log", on_notification=note)
        assert [n["params"]["data"] for n in notes] == ["working"]


async def test_a_cancelled_call_is_cancelled_at_the_server() -> None:
    async with upstream() as made:
        task = asyncio.create_task(call(made, "hang"))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        seen = said(await call(made, "told"))
        assert [m["method"] for m in seen[1:]] == ["notifications/initialized", "notifications/cancelled"]
        assert isinstance(seen[2]["params"]["requestId"], int)


async def test_a_call_without_an_answer_ends_in_time_and_the_next_one_works() -> None:
    async with upstream() as made:
        await call(made, "echo")
        with pytest.raises(UpstreamError, match="did not answer tools/call in time") as caught:
            await call(made, "hang", timeouts=Timeouts(first_byte=0.3, total=5))
        assert caught.value.reason == "timeout"
        assert [m.get("method") for m in said(await call(made, "told"))[1:]] == [
            "notifications/initialized",
            "notifications/cancelled",
        ]


async def test_progress_keeps_a_call_alive_but_not_beyond_its_total() -> None:
    async with upstream() as made:
        await call(made, "echo")

        async def slow(_: Message) -> None:
            await asyncio.sleep(0.05)

        params = {"name": "progress", "arguments": {"steps": 12}, "_meta": {"progressToken": 1}}
        request = Exchange("tools/call", params, "alice", Timeouts(first_byte=0.3, idle=0.3, total=5), slow)
        assert said(await made.exchange(request))
        request = Exchange("tools/call", params, "alice", Timeouts(first_byte=0.3, idle=0.3, total=0.35), slow)
        with pytest.raises(UpstreamError, match="in time"):
            await made.exchange(request)


async def test_what_the_server_asks_reaches_the_client_and_its_answer_the_server() -> None:
    asked: list[Message] = []

    async def answer(message: Message) -> Message:
        asked.append(message)
        return {"jsonrpc": "2.0", "id": "ours", "result": {"action": "accept", "content": {"ok": True}}}

    async with upstream() as made:
        arguments = {"method": "elicitation/create", "params": {"message": "Sure?"}}
        reply = await call(made, "ask", arguments=arguments, on_request=answer)

        assert said(reply) == {"action": "accept", "content": {"ok": True}}
        assert [m["params"] for m in asked] == [{"message": "Sure?"}]
        capabilities = said(await call(made, "told", on_request=answer))[0]["capabilities"]
        assert set(capabilities) == {"elicitation", "sampling", "roots"}


@pytest.mark.parametrize(("method", "expected"), [("ping", {}), ("sampling/createMessage", -32601)])
async def test_what_nobody_can_answer_is_answered_by_the_gateway(method: str, expected: Any) -> None:
    async with upstream() as made:
        reply = said(await call(made, "ask", arguments={"method": method}))
        assert reply == expected if method == "ping" else reply["code"] == expected
        assert said(await call(made, "told"))[0]["capabilities"] == {}


async def test_a_client_that_fails_to_answer_does_not_hang_the_server() -> None:
    async def answer(_: Message) -> Message:
        raise RuntimeError("the client has gone")

    async with upstream() as made:
        reply = await call(made, "ask", arguments={"method": "roots/list"}, on_request=answer)
        assert said(reply)["code"] == -32603


async def test_changed_lists_are_told() -> None:
    async with upstream() as made:
        await call(made, "changed")
        assert made.changes == ["test"]


async def test_stopping_leaves_nothing_not_even_grandchildren() -> None:
    before = children()
    async with upstream() as made:
        grandchild = said(await call(made, "spawn"))["pid"]
        assert alive(grandchild)
    assert children() == before
    for _ in range(50):
        if not alive(grandchild):
            break
        await asyncio.sleep(0.05)  # its new parent collects it
    assert not alive(grandchild) or "Z" in open(f"/proc/{grandchild}/stat").read()  # noqa: ASYNC230, SIM115


async def test_an_upstream_that_was_not_started_says_so() -> None:
    async with upstream() as made:
        pass
    with pytest.raises(UpstreamError, match="being stopped"):
        await call(made, "echo")
