"""How often a person may call a tool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from uuid import uuid4

import msgspec
import pytest
from valkey.asyncio import Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff

from dot_copilot.mcp.gateway.guard.limits import LeasedLimits, RedisStore
from dot_copilot.mcp.gateway.ports import Verdict
from tests.mcp.guard.people import Person
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Counting:
    """A store that counts questions; silent while `silent`."""

    def __init__(self, store: RedisStore) -> None:
        self.store, self.asked, self.silent = store, 0, False

    async def lease(self, key: str, rate: float, capacity: int, wanted: int) -> tuple[int, float]:
        self.asked += 1
        if self.silent:
            raise OSError("silent")
        return await self.store.lease(key, rate, capacity, wanted)


def _somebody(person: Person) -> Verdict:
    return msgspec.structs.replace(person.verdict(), caller=msgspec.structs.replace(person.caller, user_id=uuid4()))


async def _take(limits: LeasedLimits, verdict: Verdict, tool: str = "dot-copilot/search") -> float:
    wait = limits.take(verdict, tool)
    return await wait if isinstance(wait, Awaitable) else wait


async def _drain(limits: LeasedLimits, verdict: Verdict) -> int:
    """Calls until one must wait."""
    for count in range(100_000):
        if await _take(limits, verdict) > 0:
            return count
    raise AssertionError("no limit")


async def test_a_burst_passes_exactly_to_the_limit(valkey: Valkey, person: Person) -> None:
    limits, verdict = LeasedLimits(RedisStore(valkey), 240), _somebody(person)
    began = time.monotonic()
    passed = await _drain(limits, verdict)
    refilled = (time.monotonic() - began) * limits.rate
    assert limits.capacity <= passed <= limits.capacity + refilled + 1
    wait = await _take(limits, verdict)
    assert 0 < wait <= 1 / limits.rate + 0.01
    assert await _take(limits, verdict, "dot-copilot/other") == 0.0, "another tool has its own limit"
    assert await _take(limits, _somebody(person)) == 0.0, "and so has another person"


async def test_after_the_wait_that_was_named_the_call_passes(valkey: Valkey, person: Person) -> None:
    limits, verdict = LeasedLimits(RedisStore(valkey), 1200), _somebody(person)
    await _drain(limits, verdict)
    await asyncio.sleep(await _take(limits, verdict) + 0.01)
    assert await _take(limits, verdict) == 0.0


async def test_what_can_be_taken_at_once_is_part_of_the_same_limit(valkey: Valkey, person: Person) -> None:
    limits, verdict = LeasedLimits(RedisStore(valkey), 240), _somebody(person)
    assert not limits.take_at_once(verdict, "dot-copilot/search"), "nothing has been leased yet"
    assert await _take(limits, verdict) == 0.0
    at_once = 0
    while limits.take_at_once(verdict, "dot-copilot/search"):
        at_once += 1
    assert at_once == limits.lump - 1, "the lump, without the one that was waited for"
    assert await _drain(limits, verdict) < limits.capacity, "what was taken is missing"


async def test_several_gateways_share_one_limit_within_a_lump(valkey: Valkey, person: Person) -> None:
    verdict = _somebody(person)
    gateways = [LeasedLimits(RedisStore(valkey), 960) for _ in range(3)]
    began = time.monotonic()
    passed = sum(await asyncio.gather(*(_drain(limits, verdict) for limits in gateways)))
    refilled = (time.monotonic() - began) * gateways[0].rate
    capacity, lump = gateways[0].capacity, gateways[0].lump
    assert passed <= capacity + refilled + 1
    assert passed >= capacity - 2 * lump


async def test_concurrent_calls_are_counted_each(valkey: Valkey, person: Person) -> None:
    limits, verdict = LeasedLimits(RedisStore(valkey), 240), _somebody(person)
    waits = await asyncio.gather(*(_take(limits, verdict) for _ in range(200)))
    passed = sum(1 for wait in waits if wait == 0.0)
    assert limits.capacity <= passed <= limits.capacity + 5


async def test_calls_cost_no_round_trip_each(valkey: Valkey, person: Person) -> None:
    counting = Counting(RedisStore(valkey))
    limits, verdict = LeasedLimits(counting, 6000), _somebody(person)
    at_once = 0
    for _ in range(1000):
        wait = limits.take(verdict, "dot-copilot/search")
        if isinstance(wait, Awaitable):
            assert await wait == 0.0
        else:
            at_once += 1
            await asyncio.sleep(0)
    assert counting.asked <= 1000 / limits.lump * 2 + 2
    assert at_once >= 990 - counting.asked


async def test_while_redis_is_silent_each_gateway_counts_for_itself(valkey: Valkey, person: Person) -> None:
    counting = Counting(RedisStore(valkey))
    limits, verdict = LeasedLimits(counting, 240), _somebody(person)
    counting.silent = True
    began = time.monotonic()
    passed = await _drain(limits, verdict)
    assert limits.capacity <= passed <= limits.capacity + (time.monotonic() - began) * limits.rate + 1
    assert counting.asked == 1, "a silent Redis is not asked at each call"


async def test_a_redis_that_is_not_there_does_not_hold_up_calls(person: Person) -> None:
    client = Valkey(port=free_port(), socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0))
    limits = LeasedLimits(RedisStore(client), 240)
    began = time.monotonic()
    assert await _take(limits, _somebody(person)) == 0.0
    assert time.monotonic() - began < 1
    await client.aclose()
