"""Keeps processes running: starts them in order, starts again what ends, and stops all in the other order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Sequence

from dot_copilot.cloud.parts import Part

log = logging.getLogger(__name__)
_PATIENCE = 60.0
"""Seconds in which a part's port should answer; the next is started then all the same, as it may be what is waited for."""
_GRACE = 15.0
_PAUSES = (0.5, 1, 2, 5, 10, 30)
_STEADY = 60.0
"""A part that ran this long was well: its next end is a first one."""


class Keeper:
    """The parts of a container. `stop` may be called from a signal handler."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Returns when all have been stopped."""
        kept: list[asyncio.Task[None]] = []
        for part in self._parts:
            if self._stopping.is_set():
                break
            kept.append(asyncio.create_task(self._keep(part), name=part.name))
            await self._there(part)
        await self._stopping.wait()
        for part in reversed(self._parts[: len(kept)]):
            await self._end(part.name)
        await asyncio.gather(*kept)

    def stop(self) -> None:
        """Asks every part to end."""
        self._stopping.set()

    async def _keep(self, part: Part) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            environment = {**os.environ, **part.environment, "DOT_PART": part.name}
            # A session of its own: a signal to the container's first process is not one to all of them at once.
            process = await asyncio.create_subprocess_exec(*part.command, env=environment, start_new_session=True)
            self._running[part.name] = process
            code = await process.wait()
            if self._stopping.is_set():
                return
            failures = 0 if loop.time() - began > _STEADY else failures + 1
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
            log.error("%s ended with %s; starting it again in %s s", part.name, code, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _there(self, part: Part) -> None:
        """Waits until the part's port answers."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while not self._stopping.is_set() and asyncio.get_running_loop().time() < deadline:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", part.port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return
        log.warning("%s does not answer on port %s yet", part.name, part.port)

    async def _end(self, name: str) -> None:
        process = self._running.get(name)
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGQUIT if name == "nginx" else signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _GRACE)
        except TimeoutError:
            log.error("%s did not end in %s s; killing it", name, _GRACE)
            process.kill()
            await process.wait()
