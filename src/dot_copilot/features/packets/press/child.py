"""The press's process, as whoever gives it work sees it: begun when needed, ended when it hangs, begun again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from dot_copilot.features.packets.press.paper import Size
from dot_copilot.features.packets.press.problem import NotPrintable

log = logging.getLogger(__name__)
_CONVERT_SECONDS, _ASSEMBLE_SECONDS = 60.0, 240.0
_LONGEST_ANSWER = 1 << 20


class PressDied(Exception):
    """The process came to an end, or to none, over this piece of work."""


class Press:
    """One process. Not for two pieces of work at once."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def convert(self, source: Path, media_type: str, target: Path) -> list[Size]:
        """Puts a document on pages; returns their sizes. `NotPrintable` says why it can't be done."""
        try:
            answer = await self._ask(
                _CONVERT_SECONDS, work="convert", source=str(source), media_type=media_type, target=str(target)
            )
        except PressDied:
            raise NotPrintable("The file could not be processed: reading it takes too long, or fails altogether.") from None
        return [(width, height) for width, height in answer["sizes"]]

    async def assemble(self, sheet: Path, target: Path) -> int:
        """Makes the packet of one driver; returns the number of pages."""
        answer = await self._ask(_ASSEMBLE_SECONDS, work="assemble", sheet=str(sheet), target=str(target))
        return int(answer["pages"])

    async def stamp(self, source: Path, media_type: str, target: Path, words: str) -> str:
        """Puts a watermark over a PDF or picture; returns the media type of the result. `NotPrintable` when it can't be done."""
        request = {"source": str(source), "media_type": media_type, "target": str(target), "words": words}
        try:
            answer = await self._ask(_CONVERT_SECONDS, work="stamp", **request)
        except PressDied:
            raise NotPrintable("The file can't be shown: reading it takes too long, or fails altogether.") from None
        return str(answer["media_type"])

    async def close(self) -> None:
        """Ends the process."""
        if (process := self._process) is None:
            return
        self._process = None
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()

    async def _ask(self, seconds: float, **request: str) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                process.stdin.write(msgspec.json.encode(request) + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        except (TimeoutError, OSError):
            line = b""
        except BaseException:
            await self.close()  # cancelled: nobody waits for the answer, and the next one must not get it
            raise
        if not line:
            await self.close()
            log.warning("the press gave up on %s (exit code %s)", request["work"], process.returncode)
            raise PressDied(request["work"])
        answer: dict[str, Any] = msgspec.json.decode(line)
        if "problem" in answer:
            raise NotPrintable(answer["problem"])
        if "failed" in answer:
            log.warning("the press failed to %s: %s", request["work"], answer["failed"])
            raise PressDied(answer["failed"])
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            # Nothing of our environment: what strangers sent is opened in there, and it needs no secret.
            kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "dot_copilot.features.packets.press",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=kept,
                limit=_LONGEST_ANSWER,
            )
        return self._process
