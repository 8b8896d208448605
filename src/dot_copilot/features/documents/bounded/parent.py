"""Asks the bounded process, and starts another one when it died, took too long, or has worked long enough."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from contextlib import suppress
from typing import Any

_CHILD = "dot_copilot.features.documents.bounded.child"
_ENOUGH = 500
"""Questions a process answers before another takes its place: what libraries leak does not add up."""


class TookTooMuch(Exception):
    """The file took the process's time or memory, or its life."""


class Bounded:
    """One process, one question at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._asked = 0
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, do: str, path: str, *, seconds: float, **more: str) -> dict[str, Any]:
        """The answer; `TookTooMuch` when there is none. An answer may be {"failed": why}."""
        if self._loop is not asyncio.get_running_loop():  # of an earlier loop: only tests have several
            self._process, self._lock, self._loop = None, asyncio.Lock(), asyncio.get_running_loop()
        async with self._lock:
            process = await self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            self._asked += 1
            try:
                process.stdin.write(json.dumps({"do": do, "path": path, **more}).encode() + b"\n")
                await process.stdin.drain()
                line = await asyncio.wait_for(process.stdout.readline(), seconds)
                answer: dict[str, Any] = json.loads(line) if line else {"failed": "memory"}
            except (TimeoutError, OSError, ValueError):
                await self._end()
                raise TookTooMuch from None
            except asyncio.CancelledError:
                await self._end()
                raise
            if answer.get("failed") == "memory" or self._asked >= _ENOUGH:
                await self._end()
            if answer.get("failed") == "memory":
                raise TookTooMuch
            return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._asked = 0
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-m",
                _CHILD,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"TMPDIR": tempfile.gettempdir(), "MALLOC_ARENA_MAX": "2"},
                limit=8 << 20,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


bounded = Bounded()
