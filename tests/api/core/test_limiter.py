"""The rate limiter: shared through Valkey, and still a limit when Valkey is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
import pytest_asyncio
from valkey.exceptions import ValkeyError

from dot_copilot.adapters.limiter import valkey as adapter
from dot_copilot.adapters.limiter.valkey import ValkeyRateLimiter
from tests.support.servers import Servers, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def limiters(servers: Servers) -> AsyncIterator[list[ValkeyRateLimiter]]:
    """Two processes with Valkey, one that can't reach it, and one with the wrong password."""
    port, password = servers.settings.valkey_port, servers.secrets["valkey_password"]
    made = [ValkeyRateLimiter("127.0.0.1", port, password) for _ in range(2)]
    made += [ValkeyRateLimiter("127.0.0.1", free_port(), password), ValkeyRateLimiter("127.0.0.1", port, "wrong")]
    yield made
    for limiter in made:
        await limiter.close()


class Watch:
    """A clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_800_000_000.0  # the start of a minute
        monkeypatch.setattr(adapter, "time", SimpleNamespace(time=lambda: self.now))


async def test_processes_share_a_limit(limiters: list[ValkeyRateLimiter], monkeypatch: pytest.MonkeyPatch) -> None:
    Watch(monkeypatch)
    key = uuid4().hex
    assert [await limiters[turn % 2].allow(key, 4) for turn in range(6)] == [True] * 4 + [False] * 2
    assert await limiters[0].allow(uuid4().hex, 4), "another key has a count of its own"


@pytest.mark.parametrize("which", [0, 2, 3], ids=["valkey", "unreachable", "wrong password"])
async def test_the_window_slides_and_away_or_not_there_is_a_limit(
    limiters: list[ValkeyRateLimiter], monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    watch, limiter, key = Watch(monkeypatch), limiters[which], uuid4().hex
    assert [await limiter.allow(key, 10) for _ in range(11)] == [True] * 10 + [False]
    watch.now += 60  # the whole minute before still counts at its end, and less with every second
    assert not await limiter.allow(key, 10)
    watch.now += 45
    assert await limiter.allow(key, 10)
    watch.now += 120
    assert [await limiter.allow(key, 10) for _ in range(11)] == [True] * 10 + [False]


async def test_readiness_tells(limiters: list[ValkeyRateLimiter]) -> None:
    await limiters[0].ready()
    for limiter in limiters[2:]:
        with pytest.raises((ValkeyError, OSError)):
            await limiter.ready()


async def test_the_local_count_does_not_grow_without_bound(limiters: list[ValkeyRateLimiter]) -> None:
    limiter = limiters[2]
    for number in range(adapter._LOCAL_KEYS + 50):
        limiter._count_locally(f"key {number}")
    assert len(limiter._local) == adapter._LOCAL_KEYS
