"""A session that its client has ended is refused by every gateway, and by those that start later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from valkey.asyncio import Valkey

from dot_copilot.mcp.gateway.guard.endings import CHANNEL, LocalEndings, SharedEndings
from dot_copilot.mcp.gateway.guard.feed import Feed
from tests.mcp.guard.test_feed import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Switched:
    """A client whose server can be switched off."""

    def __init__(self, client: Valkey) -> None:
        self._client, self.off = client, False

    def pipeline(self, **options: Any) -> Any:
        if self.off:
            raise ConnectionRefusedError
        return self._client.pipeline(**options)

    async def zrangebyscore(self, *given: Any) -> Any:
        if self.off:
            raise ConnectionRefusedError
        return await self._client.zrangebyscore(*given)


@asynccontextmanager
async def gateway(valkey: Valkey, client: Any = None, seconds: float = 60.0) -> AsyncIterator[SharedEndings]:
    """What one gateway knows of ended sessions."""
    endings, feed = SharedEndings(client or valkey, seconds, retry_s=0.05), Feed(valkey)
    feed.on(CHANNEL, endings.heard)
    feed.start()
    await endings.start()
    await until(lambda: feed.connected)
    try:
        yield endings
    finally:
        await feed.stop()
        await endings.stop()


def session() -> bytes:
    return uuid4().bytes * 2


async def test_all_gateways_hear_of_it_at_once(valkey: Valkey) -> None:
    async with gateway(valkey) as one, gateway(valkey) as other:
        key = session()
        assert not one.has(key)
        await one.add(key)
        assert one.has(key)
        began = time.monotonic()
        await until(lambda: other.has(key))
        assert time.monotonic() - began < 0.5
        assert not other.has(session())


async def test_a_gateway_that_starts_later_knows_before_it_serves(valkey: Valkey) -> None:
    key = session()
    async with gateway(valkey) as one:
        await one.add(key)
    late = SharedEndings(valkey, 60.0)
    await late.start()
    assert late.has(key)


async def test_while_valkey_is_away_it_holds_here_and_elsewhere_afterwards(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    client = Switched(valkey)
    async with gateway(valkey, client) as one, gateway(valkey) as other:
        client.off = True
        key = session()
        await one.add(key)
        assert one.has(key)
        assert "this gateway alone" in caplog.text
        await asyncio.sleep(0.2)
        assert not other.has(key)
        client.off = False
        await until(lambda: other.has(key))


async def test_what_was_missed_is_read_again(valkey: Valkey) -> None:
    client = Switched(valkey)
    client.off = True
    key = session()
    deaf = SharedEndings(client, 60.0, retry_s=0.05)  # type: ignore[arg-type]
    await deaf.start()
    async with gateway(valkey) as one:
        await one.add(key)
    assert not deaf.has(key)
    client.off = False
    await until(lambda: deaf.has(key))
    deaf.heard(None)
    await deaf.stop()


async def test_what_cannot_be_a_session_any_more_is_forgotten(valkey: Valkey) -> None:
    old, new = session(), session()
    async with gateway(valkey, seconds=0.2) as one:
        await one.add(old)
        await asyncio.sleep(0.3)
        await one.add(new)
    late = SharedEndings(valkey, 60.0)
    await late.start()
    assert late.has(new)
    assert not late.has(old)


async def test_nonsense_on_the_channel_is_passed_over(valkey: Valkey) -> None:
    async with gateway(valkey) as one:
        for nonsense in (b"", b"zz", b"\xff\xfe", b"*"):
            one.heard(nonsense)
        assert not one.has(b"zz")


async def test_a_process_remembers_a_bounded_number() -> None:
    local = LocalEndings()
    for number in range(50_010):
        local.remember(number.to_bytes(4, "big"))
    assert not local.has((0).to_bytes(4, "big"))
    assert local.has((50_009).to_bytes(4, "big"))
