"""One process per credential: started on use, stopped when idle, capped, and gone with the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import uvloop

from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.stdio import StdioUpstream
from tests.mcp.upstreams.stdio_rig import SERVER, alive, call, children, descriptors, said, upstream

pytestmark = pytest.mark.timeout(120)


async def pid_of(made: StdioUpstream, credential: str) -> int:
    pid: int = said(await call(made, "environment", credential))["pid"]
    return pid


@pytest.mark.asyncio
async def test_many_first_calls_at_once_start_one_process() -> None:
    async with upstream() as made:
        assert len(set(await asyncio.gather(*(pid_of(made, "alice") for _ in range(20))))) == 1


@pytest.mark.asyncio
async def test_a_first_call_that_is_given_up_spoils_nothing_for_the_others() -> None:
    async with upstream() as made:
        first = asyncio.create_task(pid_of(made, "alice"))
        await asyncio.sleep(0)
        second = asyncio.create_task(pid_of(made, "alice"))
        await asyncio.sleep(0.01)
        first.cancel()
        assert alive(await second)
        assert made.processes == 1


@pytest.mark.asyncio
async def test_an_idle_process_is_stopped_and_started_again_on_use() -> None:
    async with upstream(idle_shutdown=0.3) as made:
        first = await pid_of(made, "alice")
        slow = asyncio.create_task(call(made, "echo", arguments={"seconds": 0.8}))
        await asyncio.sleep(0.6)
        assert alive(first), "a process that works is not idle"
        await slow
        await asyncio.sleep(0.8)
        assert not alive(first)
        assert made.processes == 0
        assert await pid_of(made, "alice") != first


@pytest.mark.asyncio
async def test_a_start_that_nobody_waits_for_any_more_is_stopped_when_idle_too() -> None:
    async with upstream(idle_shutdown=0.2) as made:
        task = asyncio.create_task(call(made, "echo"))
        await asyncio.sleep(0.01)
        task.cancel()
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not made.processes:
                break
        assert made.processes == 0


@pytest.mark.asyncio
async def test_the_process_longest_unused_makes_room() -> None:
    async with upstream(max_processes=2) as made:
        alice, bob = await pid_of(made, "alice"), await pid_of(made, "bob")
        assert await pid_of(made, "alice") == alice
        carol = await pid_of(made, "carol")

        assert made.processes == 2
        assert (alive(alice), alive(bob), alive(carol)) == (True, False, True)


@pytest.mark.asyncio
async def test_when_all_are_busy_the_next_one_is_told() -> None:
    async with upstream(max_processes=2) as made:
        busy = [asyncio.create_task(call(made, "echo", who, arguments={"seconds": 1})) for who in ("alice", "bob")]
        await asyncio.sleep(0.4)
        with pytest.raises(UpstreamError, match="all 2 processes of test are busy; try again") as caught:
            await call(made, "echo", "carol")
        assert caught.value.reason == "down"
        await asyncio.gather(*busy)
        assert said(await call(made, "echo", "carol")) == {}


@pytest.mark.asyncio
async def test_more_people_than_processes_all_get_their_own_answer() -> None:
    async def one(made: StdioUpstream, who: str) -> str:
        for _ in range(200):
            with contextlib.suppress(UpstreamError):  # all busy
                token: str = said(await call(made, "environment", who))["environment"]["TOKEN"]
                return token
            await asyncio.sleep(0.05)
        raise AssertionError("never served")

    async with upstream(max_processes=3) as made:
        people = [f"person-{number}" for number in range(12)]
        assert await asyncio.gather(*(one(made, who) for who in people)) == people
        assert made.processes <= 3


@pytest.mark.asyncio
async def test_two_hundred_connects_and_disconnects_leak_neither_process_nor_descriptor() -> None:
    async with upstream(max_processes=4) as made:
        await call(made, "echo", "warm-up")
    before, held = children(), descriptors()
    async with upstream(max_processes=4, command=("cat",)) as made:  # it sends back what it is sent
        await asyncio.gather(*(made.fetch() for _ in range(2)), return_exceptions=True)
    async with upstream(max_processes=8) as made:

        async def come_and_go(worker: int) -> None:
            for number in range(25):
                assert said(await call(made, "echo", f"{worker}-{number}", arguments={"n": number})) == {"n": number}

        await asyncio.gather(*(come_and_go(worker) for worker in range(8)))
        assert made.processes <= 8
    assert children() == before
    assert descriptors() == held


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_processes_die_with_the_gateway_whatever_ends_it(number: signal.Signals) -> None:
    code = """
import asyncio, sys
from tests.mcp.upstreams.stdio_rig import call, said, upstream
async def main():
    async with upstream() as made:
        print(said(await call(made, "environment"))["pid"], flush=True)
        await call(made, "hang")
asyncio.run(main())
"""
    gateway = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert gateway.stdout is not None
    pid = int(gateway.stdout.readline())
    assert alive(pid)
    os.kill(gateway.pid, number)
    gateway.wait(10)
    gateway.stdout.close()
    for _ in range(100):
        if not running(pid):
            break
        await asyncio.sleep(0.05)
    assert not running(pid)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.asyncio
async def test_the_credential_is_on_no_command_line() -> None:
    async with upstream() as made:
        pid = await pid_of(made, "a-very-secret-token")
        assert Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:2] == [word.encode() for word in SERVER]


def test_nothing_leaks_on_the_loop_the_gateway_runs_on() -> None:
    async def scenario() -> None:
        async with upstream() as made:
            await call(made, "echo")
        before, held = children(), descriptors()
        async with upstream(max_processes=2, max_result_bytes=100_000) as made:
            for tool in ("crash", "endless", "close"):
                with pytest.raises(UpstreamError):
                    await call(made, tool)
            for number in range(10):
                assert said(await call(made, "echo", str(number), arguments={"n": number})) == {"n": number}
        assert children() == before
        assert descriptors() == held

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario())
