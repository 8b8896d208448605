"""The supervisor with fake parts: order, readiness, crashes, sickness, stopping."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from dot_copilot.stack import pids
from dot_copilot.stack.errors import PartFailedError
from dot_copilot.stack.model import Sealed, State
from tests.unit.stack.fakes import QUICK, server, task, world

pytestmark = pytest.mark.asyncio


def is_alive(pid: int) -> bool:
    return pids.start_ticks(pid) is not None


async def test_parts_start_as_early_as_their_dependencies_allow(tmp_path: Path) -> None:
    parts = (server("front", after=["slow", "quick"]), server("slow", "--ready-after", "0.4"), server("quick"))
    async with world(tmp_path, *parts) as stack:
        await stack.supervisor.start()
        assert stack.supervisor.all_ready
        assert stack.when("quick", State.STARTING) < stack.when("slow", State.READY), "independent parts start together"
        assert stack.when("front", State.STARTING) >= stack.when("slow", State.READY)
        assert stack.states("slow") == [State.STARTING, State.READY]
        assert (stack.runner("slow").ready_after_s or 0) >= 0.4


async def test_an_open_port_is_not_readiness(tmp_path: Path) -> None:
    async with world(tmp_path, server("slow", "--ready-after", "0.5")) as stack:
        starting = asyncio.create_task(stack.supervisor.start())
        await asyncio.sleep(0.35)
        assert stack.states("slow") == [State.STARTING]
        await starting
        assert stack.states("slow") == [State.STARTING, State.READY]


async def test_a_part_that_never_lives_fails_the_start_with_its_reason(tmp_path: Path) -> None:
    parts = (server("broken", "--crash-after", "0", "--exit", "7"), server("later", after=["broken"]))
    async with world(tmp_path, *parts) as stack:
        with pytest.raises(PartFailedError, match="broken did not start: exited with code 7"):
            await stack.supervisor.start()
        assert stack.runner("broken").state is State.FAILED
        assert len(stack.pids("broken")) == QUICK.attempts
        assert stack.pids("later") == []


async def test_a_part_that_is_never_ready_fails_with_what_it_answered(tmp_path: Path) -> None:
    part = server("slow", "--ready-after", "60", start_timeout_s=0.5)
    async with world(tmp_path, part, timing=replace(QUICK, attempts=1)) as stack:
        with pytest.raises(PartFailedError, match=r"not ready within 0\.5 s: GET / answered 503"):
            await stack.supervisor.start()


async def test_a_killed_part_comes_back(tmp_path: Path) -> None:
    async with world(tmp_path, server("one"), server("two", after=["one"])) as stack:
        await stack.supervisor.start()
        first = stack.runner("one").pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await stack.until(lambda: stack.runner("one").restarts == 1 and stack.runner("one").state is State.READY)
        assert stack.runner("one").pid not in (None, first)
        assert stack.states("one")[-4:] == [State.READY, State.RESTARTING, State.STARTING, State.READY]
        assert stack.states("two") == [State.STARTING, State.READY], "dependents are left alone"


async def test_after_the_first_readiness_nobody_gives_up(tmp_path: Path) -> None:
    async with world(tmp_path, server("loop", "--crash-after", "0.25")) as stack:
        await stack.supervisor.start()
        await stack.until(lambda: stack.runner("loop").restarts > QUICK.attempts)
        assert State.FAILED not in stack.states("loop")


async def test_an_unready_but_living_part_is_unhealthy_and_not_restarted(tmp_path: Path) -> None:
    sick = tmp_path / "sick"
    async with world(tmp_path, server("one", "--sick", str(sick))) as stack:
        await stack.supervisor.start()
        sick.touch()
        await stack.until(lambda: stack.runner("one").state is State.UNHEALTHY)
        assert "503" in stack.runner("one").detail
        await asyncio.sleep(QUICK.hung_s * 1.5)
        sick.unlink()
        await stack.until(lambda: stack.runner("one").state is State.READY)
        assert stack.runner("one").restarts == 0


async def test_a_hung_part_is_killed_and_started_again(tmp_path: Path) -> None:
    async with world(tmp_path, server("one")) as stack:
        await stack.supervisor.start()
        frozen = stack.runner("one").pid
        assert frozen is not None
        os.kill(frozen, signal.SIGSTOP)
        await stack.until(lambda: stack.runner("one").restarts == 1 and stack.runner("one").state is State.READY)
        assert State.UNHEALTHY in stack.states("one")
        assert not is_alive(frozen)


async def test_a_part_that_ignores_sigterm_is_killed_in_time(tmp_path: Path) -> None:
    async with world(tmp_path, server("deaf", "--ignore-term", stop_timeout_s=0.3)) as stack:
        await stack.supervisor.start()
        pid = stack.runner("deaf").pid
        assert pid is not None
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stack.supervisor.stop()
        assert 0.3 <= loop.time() - began < 2
        assert not is_alive(pid)
        assert stack.runner("deaf").state is State.STOPPED


async def test_parts_stop_after_those_that_need_them(tmp_path: Path) -> None:
    parts = (server("data"), server("app", "--ignore-term", after=["data"], stop_timeout_s=0.3), server("door", after=["app"]))
    async with world(tmp_path, *parts) as stack:
        await stack.supervisor.start()
        await stack.supervisor.stop()
        stopped = [stack.when(name, State.STOPPED) for name in ("door", "app", "data")]
        assert stopped == sorted(stopped)
        assert stopped[2] - stopped[0] >= 0.3


async def test_stopping_in_the_middle_of_a_start_leaves_nothing(tmp_path: Path) -> None:
    parts = (server("slow", "--ready-after", "60"), server("later", after=["slow"]))
    async with world(tmp_path, *parts) as stack:
        starting = asyncio.create_task(stack.supervisor.start())
        await stack.until(lambda: stack.runner("slow").pid is not None)
        pid = stack.runner("slow").pid
        starting.cancel()
        await stack.supervisor.stop()
        assert pid is not None
        assert not is_alive(pid)
        assert {runner.state for runner in stack.supervisor.runners.values()} == {State.STOPPED}


async def test_a_task_is_done_before_those_that_wait_for_it_start(tmp_path: Path) -> None:
    async with world(tmp_path, task("once"), server("app", after=["once"])) as stack:
        await stack.supervisor.start()
        assert stack.runner("once").state is State.DONE
        assert stack.when("app", State.STARTING) >= stack.when("once", State.DONE)
        await stack.supervisor.stop()
        assert stack.runner("once").state is State.DONE


async def test_a_task_that_fails_is_not_repeated_and_fails_the_start(tmp_path: Path) -> None:
    async with world(tmp_path, task("once", "--exit", "4"), server("app", after=["once"])) as stack:
        with pytest.raises(PartFailedError, match="once did not start: exited with code 4"):
            await stack.supervisor.start()
        assert len(stack.pids("once")) == 1
        assert stack.pids("app") == []


async def test_a_task_that_is_not_essential_may_fail(tmp_path: Path) -> None:
    async with world(tmp_path, task("extra", "--exit", "4", essential=False), server("app")) as stack:
        await stack.supervisor.start()
        assert stack.runner("extra").state is State.FAILED
        assert stack.runner("app").state is State.READY


async def test_the_process_group_of_a_crashed_part_dies_with_it(tmp_path: Path) -> None:
    file = tmp_path / "sibling"
    async with world(tmp_path, server("one", "--sibling", str(file))) as stack:
        await stack.supervisor.start()
        sibling = int(file.read_text())
        first = stack.runner("one").pid
        assert first is not None
        assert is_alive(sibling)
        os.kill(first, signal.SIGKILL)
        await stack.until(lambda: stack.runner("one").restarts == 1 and stack.runner("one").state is State.READY)
        assert not is_alive(sibling)


async def test_secrets_reach_the_environment_and_nothing_else(tmp_path: Path) -> None:
    part = server("one", environment={"GREETING": Sealed("password", "user:{}")})
    async with world(tmp_path, part, secrets={"password": "hunter2"}) as stack:
        await stack.supervisor.start()
        assert "started with user:hunter2" in (tmp_path / "one.log").read_text()
        command = Path(f"/proc/{stack.runner('one').pid}/cmdline").read_bytes()
        assert b"hunter2" not in command


async def test_a_program_that_does_not_exist_fails_with_its_name(tmp_path: Path) -> None:
    part = server("ghost", command=("/nowhere/ghost",))
    async with world(tmp_path, part) as stack:
        with pytest.raises(PartFailedError, match=r"ghost did not start: .*No such file"):
            await stack.supervisor.start()
