"""An upstream that keeps failing is left alone, tried now and then, and used again once it answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest
from valkey.asyncio import Valkey

from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker, SharedBreakers
from tests.support.servers import Servers, free_port


class Rig:
    def __init__(self) -> None:
        self.now = 100.0
        self.told: list[tuple[str, float]] = []
        self.breaker = Breaker(
            "github",
            failures=3,
            window_s=10,
            pause_s=2,
            longest_s=5,
            told=lambda name, s: self.told.append((name, s)),
            clock=lambda: self.now,
        )

    def refused(self) -> bool:
        with contextlib.suppress(UpstreamError):
            self.breaker.check()
            return False
        return True

    def open(self) -> None:
        for _ in range(3):
            self.breaker.failed()


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    rig = Rig()
    for _ in range(2):
        rig.breaker.failed()
    rig.breaker.succeeded()
    for _ in range(2):
        rig.breaker.failed()
    assert not rig.refused()
    rig.breaker.failed()

    assert rig.breaker.state == "open"
    with pytest.raises(UpstreamError, match="github keeps failing and is left alone; try again in 2 s"):
        rig.breaker.check()
    assert rig.told == [("github", 2)]


def test_failures_far_apart_do_not_open_it() -> None:
    rig = Rig()
    for _ in range(9):
        rig.breaker.failed()
        rig.now += 11
    assert rig.breaker.state == "closed"


def test_after_the_pause_one_call_at_a_time_may_try() -> None:
    rig = Rig()
    rig.open()
    rig.now += 2.1
    assert rig.breaker.state == "half-open"
    assert not rig.refused()
    assert rig.refused(), "one is trying already"
    rig.breaker.succeeded()
    assert not rig.refused()
    assert rig.told[-1] == ("github", 0)


def test_a_failed_trial_doubles_the_pause_up_to_a_limit() -> None:
    rig = Rig()
    rig.open()
    for pause in (4, 5, 5):
        rig.now += 10
        assert not rig.refused()
        rig.breaker.failed()
        assert rig.told[-1] == ("github", pause)
        rig.now += pause - 0.1
        assert rig.refused()
    rig.now += 10
    assert not rig.refused()
    rig.breaker.succeeded()
    rig.open()
    assert rig.told[-1] == ("github", 2), "and it is short again afterwards"


def test_calls_that_began_before_it_opened_do_not_prolong_it() -> None:
    rig = Rig()
    rig.open()
    for _ in range(20):
        rig.breaker.failed()
    rig.now += 2.1
    assert not rig.refused()


def test_a_trial_that_never_reports_back_does_not_block_for_ever() -> None:
    rig = Rig()
    rig.open()
    rig.now += 2.1
    assert not rig.refused()
    rig.now += 2.1
    assert not rig.refused()


async def becomes(breaker: Breaker, state: str, seconds: float = 10.0) -> bool:
    return await until(lambda: breaker.state == state, seconds)


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.asyncio
async def test_processes_share_it_through_valkey(servers: Servers) -> None:
    settings = servers.settings

    def client() -> Valkey:
        return Valkey(host=settings.valkey_host, port=settings.valkey_port, password=servers.secrets["valkey_password"])

    clients = client(), client()
    one, two = (SharedBreakers(each, every_s=0.05) for each in clients)
    mine, theirs = (each.breaker("shared-test", failures=1, pause_s=1.0) for each in (one, two))
    one.start()
    two.start()
    try:
        mine.failed()
        assert await becomes(theirs, "open")
        assert await becomes(theirs, "half-open")
        await asyncio.sleep(0.1)
        assert await becomes(theirs, "half-open"), "its time is up, which does not mean that all is well"
        mine.check()
        mine.failed()
        assert await becomes(theirs, "open")
        assert await becomes(mine, "half-open")
        mine.check()
        mine.failed()
        assert await becomes(theirs, "open")
        mine.succeeded()
        assert await becomes(theirs, "closed")
    finally:
        await one.stop()
        await two.stop()
        for each in clients:
            await each.aclose()


@pytest.mark.asyncio
async def test_without_valkey_each_process_goes_on_alone() -> None:
    client = Valkey(host="127.0.0.1", port=free_port(), socket_connect_timeout=0.2)
    shared = SharedBreakers(client, every_s=0.02)
    shared.start()
    breaker = shared.breaker("alone", failures=1, pause_s=0.1)
    try:
        breaker.failed()
        assert await becomes(breaker, "open")
        assert await becomes(breaker, "half-open")
        breaker.check()
        breaker.succeeded()
        assert await becomes(breaker, "closed")
    finally:
        await shared.stop()
        await client.aclose()
