"""People, crashes, cancellations and bad answers all at once: everybody gets their own answer or a reason; nothing is left."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import random

import pytest

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from tests.mcp.upstreams.stdio_rig import TokenUpstream, call, children, descriptors, said, upstream

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]
CAP = 4
TOOLS = {"echo": 12, "environment": 4, "giant": 2, "hang": 2, "twice": 2, "crash": 1, "garbage": 1, "wrong_id": 1, "close": 1}
PATIENCE = Timeouts(connect=20, first_byte=1.0, total=3)


async def one(made: TokenUpstream, dice: random.Random, number: int) -> str:
    """One person's call, which they may give up; how it ended."""
    who = f"person-{dice.randrange(6)}"
    [tool] = dice.choices(list(TOOLS), list(TOOLS.values()))
    arguments = {"echo": {"n": number, "seconds": dice.random() * 0.2}, "giant": {"size": dice.choice([1_000, 300_000])}}.get(
        tool
    )
    await asyncio.sleep(dice.random() * 5)
    calling = asyncio.create_task(call(made, tool, who, arguments=arguments or {}, timeouts=PATIENCE))
    if dice.random() < 0.15:
        await asyncio.sleep(dice.random() * 0.1)
        calling.cancel()
    try:
        reply = await calling
    except UpstreamError as error:
        return error.reason
    except asyncio.CancelledError:
        return "cancelled"
    if tool == "echo":
        assert said(reply)["n"] == number
    elif tool == "environment":
        assert said(reply)["environment"]["TOKEN"] == who
    return "ok"


async def most_processes(before: set[int]) -> int:
    """Until cancelled; gives the most processes there were at once."""
    most = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            most = max(most, len(children() - before))
            await asyncio.sleep(0.02)
    return most


async def test_everything_at_once_leaves_nothing_behind() -> None:
    async with upstream() as made:
        await call(made, "echo")
    before, held, dice = children(), descriptors(), random.Random(20261123)
    async with upstream(max_processes=CAP, idle_shutdown=0.2, max_result_bytes=200_000) as made:
        watching = asyncio.create_task(most_processes(before))
        await asyncio.sleep(0)
        ends = collections.Counter(await asyncio.gather(*(one(made, dice, number) for number in range(250))))
        watching.cancel()
        assert await watching <= CAP
    assert set(ends) <= {"ok", "cancelled", "down", "broken", "timeout", "too_large"}
    assert ends["ok"] > 50
    assert children() == before
    assert descriptors() == held
