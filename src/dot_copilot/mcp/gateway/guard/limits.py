"""Rate limits per person and tool: one bucket in Redis, leased from in lumps, so that a call costs no round trip."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from dot_copilot.mcp.gateway.ports import Verdict

_log = logging.getLogger(__name__)
_MOST_KEYS = 50_000
_LEASE_S = 5.0
"""A lump that was not spent for so long is forgotten: fewer calls than allowed, never more."""
_PAUSE_S = 1.0
"""How long Redis is left alone after it did not answer."""

# A token bucket: KEYS[1] = {level, at}. ARGV: tokens a second, capacity, how many are wanted. Returns how many are granted and,
# when none is, milliseconds until the next. Time is the server's, so that gateways need no common clock.
_LEASE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1e6
local rate, capacity, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local had = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(had[1]) or capacity
level = math.min(capacity, level + math.max(0, now - (tonumber(had[2]) or now)) * rate)
local granted = math.min(wanted, math.floor(level))
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level - granted), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)
if granted > 0 then return {granted, 0} end
return {0, math.ceil((1 - level) / rate * 1000)}
"""


class Store(Protocol):
    """Where the buckets are shared."""

    async def lease(self, key: str, rate: float, capacity: int, wanted: int) -> tuple[int, float]:
        """How many are granted, and seconds until the next when none is; `OSError` when nobody answers."""
        ...


class RedisStore:
    """Buckets as hashes `mcp:limit:<key>`."""

    def __init__(self, client: Valkey) -> None:
        self._script = client.register_script(_LEASE)

    async def lease(self, key: str, rate: float, capacity: int, wanted: int) -> tuple[int, float]:
        try:
            granted, wait_ms = await self._script(keys=[f"mcp:limit:{key}"], args=[rate, capacity, wanted])
        except (ValkeyError, OSError, TimeoutError) as error:
            raise OSError(f"the limits' store does not answer ({type(error).__name__})") from None
        return int(granted), int(wait_ms) / 1000


class _Purse:
    """What is left of a lump of one person and tool, and the local bucket for when Redis is away."""

    __slots__ = ("asking", "at", "denied_until", "left", "level", "until")

    def __init__(self, capacity: int, now: float) -> None:
        self.left, self.until, self.denied_until = 0, 0.0, 0.0
        self.level, self.at = float(capacity), now
        self.asking: asyncio.Task[float] | None = None


class LeasedLimits:
    """The `Limits`: `per_minute` calls of one tool by one person, all gateways together.

    Bursts up to a quarter of that are let through at once. Over any time t at most capacity + rate * t calls pass; what a
    gateway has leased and not spent (at most one lump) may be missing. While Redis does not answer each gateway counts for
    itself.
    """

    def __init__(self, store: Store, per_minute: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rate = per_minute / 60
        self.capacity = max(1, per_minute // 4)
        self.lump = max(1, min(1000, self.capacity // 8))
        self._store, self._monotonic = store, monotonic
        self._purses: OrderedDict[tuple[bytes, str], _Purse] = OrderedDict()
        self._away_until = 0.0

    def take_at_once(self, verdict: Verdict, tool: str) -> bool:
        """Spends from the lump, and sees to the next one in time."""
        key = verdict.caller.user_id.bytes, tool
        purse = self._purses.get(key)
        now = self._monotonic()
        if purse is None or purse.left <= 0 or purse.until <= now:
            return False
        purse.left -= 1
        if purse.left <= self.lump // 2 and purse.asking is None and now >= self._away_until:
            self._ask(purse, key)
        return True

    def take(self, verdict: Verdict, tool: str) -> float | Awaitable[float]:
        """0.0 at once while a lump lasts; otherwise something to await that gives the seconds to wait."""
        if self.take_at_once(verdict, tool):
            return 0.0
        key = verdict.caller.user_id.bytes, tool
        purse = self._purses.get(key)
        return self._wait(self._purse(key, self._monotonic()) if purse is None else purse, key)

    def _purse(self, key: tuple[bytes, str], now: float) -> _Purse:
        while len(self._purses) >= _MOST_KEYS:
            self._purses.popitem(last=False)
        purse = self._purses[key] = _Purse(self.capacity, now)
        return purse

    async def _wait(self, purse: _Purse, key: tuple[bytes, str]) -> float:
        """Leases until one is left for us, or says how long to wait. Callers that come together share one question."""
        while True:
            now = self._monotonic()
            if purse.left > 0 and purse.until > now:
                purse.left -= 1
                return 0.0
            if now < self._away_until:
                return self._take_locally(purse, now)
            if now < purse.denied_until:
                return purse.denied_until - now
            wait = await asyncio.shield(purse.asking or self._ask(purse, key))
            if wait > 0:
                return wait

    def _ask(self, purse: _Purse, key: tuple[bytes, str]) -> asyncio.Task[float]:
        purse.asking = asyncio.create_task(self._lease(purse, key))
        return purse.asking

    async def _lease(self, purse: _Purse, key: tuple[bytes, str]) -> float:
        """Fills the purse; returns seconds to wait when nothing was granted. A silent Redis is left alone for a while."""
        try:
            wanted = max(1, self.lump - purse.left)
            granted, wait = await self._store.lease(f"{key[0].hex()}:{key[1]}", self.rate, self.capacity, wanted)
        except OSError as error:
            if self._monotonic() >= self._away_until:
                _log.warning("rate limits are counted by each gateway alone: %s", error)
            self._away_until = self._monotonic() + _PAUSE_S
            return 0.0
        finally:
            purse.asking = None
        now = self._monotonic()
        purse.left = granted + (purse.left if purse.until > now else 0)
        purse.until = now + _LEASE_S
        purse.denied_until = now + wait if granted == 0 else 0.0
        return wait if purse.left == 0 else 0.0

    def _take_locally(self, purse: _Purse, now: float) -> float:
        purse.level = min(self.capacity, purse.level + (now - purse.at) * self.rate)
        purse.at = now
        if purse.level < 1:
            return (1 - purse.level) / self.rate
        purse.level -= 1
        return 0.0
