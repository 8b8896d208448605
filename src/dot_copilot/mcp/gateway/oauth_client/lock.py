"""One process at a time, as long as Valkey can say whose turn it is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from valkey.asyncio import Valkey
from valkey.exceptions import LockError, ValkeyError

_HELD_S, _PATIENCE_S = 30.0, 10.0


@contextlib.asynccontextmanager
async def turn(client: Valkey, name: str) -> AsyncIterator[None]:
    """Wait for our turn to do `name`. Without Valkey, or when nobody lets go, go on: it is better than not at all."""
    lock = client.lock(f"mcp:turn:{name}", timeout=_HELD_S, blocking_timeout=_PATIENCE_S)
    try:
        held = await lock.acquire()
    except (ValkeyError, OSError):
        held = False
    try:
        yield
    finally:
        if held:
            with contextlib.suppress(LockError, ValkeyError, OSError):
                await lock.release()
