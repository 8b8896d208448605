"""Sessions of the handshake eras that a client has ended with DELETE: no gateway serves them again.

Valkey holds them for as long as a session could live, and tells all gateways; each remembers them, so that a request asks nobody.
While Valkey is away a DELETE holds in the process that got it, which tells the others once it can: until then one of them would
still serve the session, to the same person with a good token and to nobody else. What must end at once is the token.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

CHANNEL: Final = "mcp:sessions"
"""The key of a session that has ended, in hexadecimal digits."""
_ENDED: Final = "mcp:sessions:ended"
_MOST: Final = 50_000
_log = logging.getLogger(__name__)


class LocalEndings:
    """The `Endings` of one process: the last 50,000."""

    def __init__(self) -> None:
        self._ended: dict[bytes, None] = {}

    def has(self, key: bytes) -> bool:
        """See `ports.Endings`."""
        return key in self._ended

    async def add(self, key: bytes) -> None:
        """See `ports.Endings`."""
        self.remember(key)

    def remember(self, key: bytes) -> None:
        """Holds it here."""
        self._ended[key] = None
        if len(self._ended) > _MOST:
            del self._ended[next(iter(self._ended))]


class SharedEndings(LocalEndings):
    """The same for all gateways. `seconds`: how long a session lives at most."""

    def __init__(self, client: Valkey, seconds: float, *, retry_s: float = 1.0) -> None:
        super().__init__()
        self._client, self._seconds, self._retry_s = client, seconds, retry_s
        self._untold: dict[bytes, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._stale = False

    async def add(self, key: bytes) -> None:
        """See `ports.Endings`. Waits for Valkey, half a second at most; who it could not reach is told later."""
        self.remember(key)
        self._untold[key] = None
        try:
            await self._tell()
        except (ValkeyError, OSError, TimeoutError) as error:
            _log.warning(
                "an ended session is known to this gateway alone (%s); the others hear of it later", type(error).__name__
            )
            self._catch_up()

    def heard(self, data: bytes | None) -> None:
        """A message of `CHANNEL`. None = some may have been missed: all are read again."""
        if data is None:
            self._stale = True
            self._catch_up()
            return
        try:
            self.remember(bytes.fromhex(data.decode("ascii")))
        except ValueError:
            _log.warning("%s carried something that is no session", CHANNEL)

    async def start(self) -> None:
        """Reads what others were told before this process began, if Valkey answers; otherwise when it does."""
        try:
            await self._read()
        except (ValkeyError, OSError, TimeoutError):
            self._stale = True
            self._catch_up()

    async def stop(self) -> None:
        """Ends what runs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _catch_up(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="ended sessions")

    async def _run(self) -> None:
        while self._stale or self._untold:
            try:
                await self._tell()
                if self._stale:
                    self._stale = False
                    await self._read()
            except (ValkeyError, OSError, TimeoutError):
                self._stale = True
                await asyncio.sleep(self._retry_s)

    async def _tell(self) -> None:
        now = time.time()
        for key in list(self._untold):
            async with self._client.pipeline(transaction=False) as pipe:
                pipe.zadd(_ENDED, {key.hex(): now})
                pipe.zremrangebyscore(_ENDED, "-inf", now - self._seconds)
                pipe.zremrangebyrank(_ENDED, 0, -_MOST - 1)
                pipe.publish(CHANNEL, key.hex())
                await pipe.execute()
            self._untold.pop(key, None)

    async def _read(self) -> None:
        for key in await self._client.zrangebyscore(_ENDED, time.time() - self._seconds, "+inf"):
            self.heard(key)
