"""A program that does not keep to the protocol: a correct error each, never a hang, never another's answer."""

from __future__ import annotations

import asyncio
import gc
import logging
import time

import psutil
import pytest

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from tests.mcp.upstreams.stdio_rig import alive, call, children, descriptors, said, upstream

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]


async def test_a_crash_in_the_middle_of_a_call_is_reported_healed_and_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    async with upstream() as made:
        await made.fetch()
        before = said(await call(made, "environment", "ghp_alices-own-token"))["pid"]
        other = asyncio.create_task(call(made, "echo", "bob", arguments={"seconds": 0.5}))
        with caplog.at_level(logging.INFO), pytest.raises(UpstreamError, match="It may have run, so it was not") as caught:
            await call(made, "crash", "ghp_alices-own-token")

        assert caught.value.reason == "broken"
        assert "SIGKILL" in str(caught.value)
        assert not alive(before)
        assert "crashed once" in made.detail
        assert made.changes == ["test"]
        # Its last words are in the log, without the secrets in them.
        assert "token [hidden] made me [hidden] fall" in caplog.text
        assert "alices-own-token" not in caplog.text
        began = time.monotonic()
        assert said(await call(made, "environment", "ghp_alices-own-token"))["pid"] != before
        assert time.monotonic() - began < 1
        assert said(await other) == {"seconds": 0.5}, "another person's process goes on"


async def test_crashing_again_and_again_is_slowed_down() -> None:
    async with upstream() as made:
        for _ in range(3):
            with pytest.raises(UpstreamError, match="It may have run"):
                await call(made, "crash")
        with pytest.raises(UpstreamError, match=r"3 times in a row.*started again in \d+ s") as caught:
            await call(made, "echo")
        assert caught.value.reason == "down"
        assert said(await call(made, "echo", "bob")) == {}, "nobody else is slowed down"


async def test_an_answer_over_the_limit_is_refused_and_the_process_lives_on() -> None:
    async with upstream(max_result_bytes=100_000) as made:
        assert len(said(await call(made, "giant", arguments={"size": 90_000}))) == 90_000
        pid = said(await call(made, "environment"))["pid"]
        waiting = asyncio.create_task(call(made, "echo", arguments={"seconds": 0.5}))
        await asyncio.sleep(0.1)
        with pytest.raises(UpstreamError, match="over 100000 bytes") as caught:
            await call(made, "giant", arguments={"size": 200_000})

        assert caught.value.reason == "too_large"
        assert said(await waiting) == {"seconds": 0.5}
        assert said(await call(made, "environment"))["pid"] == pid


@pytest.mark.parametrize("tool", ["endless", "flood"])
async def test_output_without_end_ends_the_process_within_bounded_memory(tool: str) -> None:
    async with upstream(max_result_bytes=1_000_000) as made:
        pid = said(await call(made, "environment"))["pid"]
        gc.collect()
        before = psutil.Process().memory_info().rss
        with pytest.raises(UpstreamError) as caught:
            await call(made, tool)

        assert caught.value.reason == "broken"
        assert "talks nonsense (without end)" in str(caught.value)
        assert psutil.Process().memory_info().rss - before < 40_000_000
        assert not alive(pid)
        assert said(await call(made, "echo")) == {}


async def test_garbage_in_place_of_an_answer_is_an_error_at_once() -> None:
    async with upstream() as made:
        with pytest.raises(UpstreamError, match="not JSON"):
            await call(made, "garbage")
        with pytest.raises(UpstreamError, match="neither result nor error"):
            await call(made, "no_result")
        assert said(await call(made, "fault_then_answer")) == "fine"


async def test_wrong_ids_reach_nobody() -> None:
    async with upstream() as made:
        waiting = asyncio.create_task(call(made, "echo", arguments={"seconds": 0.5}))
        with pytest.raises(UpstreamError, match="in time"):
            await call(made, "wrong_id", timeouts=Timeouts(first_byte=0.4))
        assert said(await waiting) == {"seconds": 0.5}


async def test_a_second_answer_reaches_nobody() -> None:
    async with upstream() as made:
        assert said(await call(made, "twice")) == "once"
        assert said(await call(made, "echo", arguments={"n": 1})) == {"n": 1}


@pytest.mark.parametrize(("tool", "answer"), [("text_id", "an id as text"), ("batch", "in a batch")])
async def test_what_is_odd_but_clear_is_understood(tool: str, answer: str) -> None:
    async with upstream() as made:
        assert said(await call(made, tool)) == answer


async def test_a_server_that_closes_its_output_is_replaced() -> None:
    async with upstream() as made:
        with pytest.raises(UpstreamError, match="It may have run"):
            await call(made, "close")
        assert said(await call(made, "echo")) == {}


async def test_a_server_that_does_not_read_is_an_error() -> None:
    async with upstream(mode="deaf") as made:
        huge = {"text": "x" * 4_000_000}
        for _ in range(6):
            with pytest.raises(UpstreamError) as caught:
                await call(made, "echo", arguments=huge, timeouts=Timeouts(first_byte=0.2))
            assert caught.value.reason in {"timeout", "down"}
        assert caught.value.reason == "down", "what waits to be read is bounded"


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("exits", r"could not be started: it ended with code 1 \(the configuration is wrong\)"),
        ("old", "speaks MCP revision '1999-01-01'"),
        ("silent", "did not answer within 2 s"),
        ("endless-pages", "does not end"),
    ],
)
async def test_a_server_that_cannot_be_used_says_why(mode: str, why: str) -> None:
    before = children()
    async with upstream(mode=mode, timeouts=Timeouts(connect=2), max_pages=10) as made:
        with pytest.raises(UpstreamError, match=why):
            await made.fetch()
        assert made.state == "down"
        assert made.detail
        assert children() == before


async def test_a_greeting_is_no_reason_to_refuse() -> None:
    async with upstream(mode="noisy") as made:
        assert said(await call(made, "echo")) == {}


async def test_a_missing_program_is_named() -> None:
    async with upstream(command=("no-such-program",)) as made:
        with pytest.raises(UpstreamError, match="there is no program 'no-such-program'"):
            await made.fetch()


async def test_nothing_leaks_however_it_ends() -> None:
    async with upstream() as made:
        await call(made, "echo", "warm-up")
    before, held = children(), descriptors()
    for tool in ("crash", "endless", "flood", "close"):
        async with upstream(max_result_bytes=100_000) as made:
            with pytest.raises(UpstreamError):
                await call(made, tool)
    assert children() == before
    assert descriptors() == held
