"""Attempts counted in Valkey or Redis, shared by all processes; counted locally while it does not answer."""

from __future__ import annotations

import time
from collections import OrderedDict

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from dot_copilot.core.telemetry.clients import valkey_call

_LOCAL_KEYS = 10_000


class ValkeyRateLimiter:
    """Two half-weighted minutes: the count of this minute plus the share of the last one that still counts."""

    def __init__(self, host: str, port: int, password: str, *, tls: bool = False) -> None:
        self._client = Valkey(host=host, port=port, password=password, ssl=tls, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._local: OrderedDict[str, int] = OrderedDict()

    async def allow(self, key: str, per_minute: int) -> bool:
        now = time.time()
        minute, passed = divmod(now, 60)
        current, previous = f"limit:{key}:{minute:.0f}", f"limit:{key}:{minute - 1:.0f}"
        try:
            with valkey_call("limit"):
                async with self._client.pipeline(transaction=False) as pipe:
                    pipe.incr(current)
                    pipe.expire(current, 121)
                    pipe.get(previous)
                    count, _, before = await pipe.execute()
        except (ValkeyError, OSError):
            count, before = self._count_locally(current), self._local.get(previous, 0)
        return int(count) + int(before or 0) * (1 - passed / 60) <= per_minute

    def _count_locally(self, key: str) -> int:
        self._local[key] = self._local.get(key, 0) + 1
        while len(self._local) > _LOCAL_KEYS:
            self._local.popitem(last=False)
        return self._local[key]

    async def ready(self) -> None:
        await self._client.ping()

    async def close(self) -> None:
        await self._client.aclose()
