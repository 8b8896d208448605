"""The supervisor's end of the nursery: one process that has imported the application, and forks its parts (`nursling`).

Importing the application takes a second of processor time, more than everything else of a start together. It is done
once, while the servers are still starting, instead of once for every process, and a part that crashed is back at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from dot_copilot.stack import orphans
from dot_copilot.stack.colours import OWN, Code
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.model import Part
from dot_copilot.stack.process import Process

_PATIENCE_S = 60.0
_TITLE_ROOM = " " * 240
"""An argument that takes up room: a fork writes its own title over its command line, which cannot grow."""


class Nursery:
    """Starts parts by forking. Only a subreaper may have one: it becomes the parent of what is born."""

    def __init__(
        self, warm: str, environment: Mapping[str, str], directory: Path, log: Path, *, code: Code | None = None
    ) -> None:
        """Start importing `warm`, a comma-separated list of modules, from `code` (else from our own)."""
        code = OWN if code is None else code
        self._package = code.package
        self._began = time.time()
        self._lock = asyncio.Lock()
        reading, self._requests = os.pipe()
        self._answers, writing = os.pipe()
        if code.library:
            environment = {**environment, "PYTHONPATH": code.library}
        command = [code.interpreter, "-m", "dot_copilot.stack.nursling", str(reading), str(writing), warm, _TITLE_ROOM]
        self._process = Process.start(
            command, environment=environment, directory=directory, output=log, pass_fds=(reading, writing)
        )
        os.close(reading)
        os.close(writing)
        os.set_blocking(self._answers, False)

    @property
    def pid(self) -> int:
        """The nursery's own pid."""
        return self._process.pid

    def can_bear(self, part: Part) -> bool:
        """Whether the part can be born here: not after the nursery has died, nor after the code has changed."""
        if part.module is None or self._process.exit_code is not None:
            return False
        return not changed_since(self._began, self._package)

    async def bear(self, part: Part, environment: Mapping[str, str], directory: Path, output: Path) -> Process:
        """A process of `part`, as `Process.start` would start it; StackError if the nursery does not answer."""
        module, *arguments = part.module or ()
        request = {
            "module": module,
            "arguments": arguments,
            "environment": dict(environment),
            "directory": str(directory),
            "output": str(output),
            "title": f"dot-copilot {part.name}: python -m {' '.join(part.module or ())}",
            "name": part.name,
            "death_signal": int(part.stop_signal),
            "parent": os.getpid(),
        }
        async with self._lock:
            with orphans.expected_birth():
                try:
                    os.write(self._requests, json.dumps(request).encode() + b"\n")
                    pid = int((await self._answer()) or 0)
                    if pid <= 0:
                        raise StackError("the nursery of the application's processes did not answer; see its log")
                except BaseException:
                    # Nobody waits for its answer any more, which the next one would take for its own: so it gives none.
                    self._process.send(signal.SIGKILL)
                    raise
                return Process(pid)

    async def _answer(self) -> bytes:
        """The next line the nursery writes; nothing if it ends, or is silent for too long."""
        loop = asyncio.get_running_loop()
        line = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                while not line.endswith(b"\n"):
                    ready = loop.create_future()
                    loop.add_reader(self._answers, _set, ready)
                    try:
                        await ready
                    finally:
                        loop.remove_reader(self._answers)
                    chunk = os.read(self._answers, 64)
                    if not chunk:
                        break
                    line += chunk
        return line.strip()

    async def stop(self) -> None:
        """End the nursery; what was born there lives on."""
        await self._process.stop(signal.SIGTERM, 2)
        for descriptor in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def changed_since(moment: float, code: Path) -> bool:
    """Whether a Python file below `code` was written after `moment` (seconds since the epoch)."""
    return any(path.stat().st_mtime >= moment for path in code.rglob("*.py"))


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
