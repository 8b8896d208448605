"""What assistants asked and were told, as raw event documents (ADR 16). Off the path of a call: noted here, written later.

The audit log is the record of calls, and none is missing there. This is for looking at one afterwards: it is written in the
background, and what can't be written soon is dropped and counted.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from dot_copilot.core import telemetry
from dot_copilot.core.caller import ASSISTANT, Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.event_documents import ASSISTANT_CALL, EventDocument, EventRefused, storable
from dot_copilot.core.ports import EventDocuments
from dot_copilot.core.redaction import redact_json
from dot_copilot.core.telemetry.standard import EVENT_DOCUMENTS

log = logging.getLogger(__name__)
Mode = Literal["off", "arguments", "full"]
RETENTION = timedelta(days=30)
MOST_WAITING = 1000
_BATCH = 100
_EVERY_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
_MOST_ARGUMENTS, _MOST_RESULT = 16 << 10, 256 << 10


class _Note(NamedTuple):
    """A call that has ended. `answer` is the result in wire form, which nobody changes any more. A note written twice is one."""

    id: str
    caller: Caller
    tool: str
    arguments: dict[str, Any]
    answer: dict[str, Any]
    at: datetime
    seconds: float
    trace_id: str | None


class Transcript:
    """Notes calls and writes them in batches.

    `arguments`: what was asked, and of the answer its outcome, size and SHA-256. `full`: the answer too. `off`: nothing.
    """

    def __init__(self, store: EventDocuments, clock: Clock, mode: Mode) -> None:
        self._store, self._clock, self._mode = store, clock, mode
        self._waiting: deque[_Note] = deque()
        self._wake = asyncio.Event()
        self._losing = False

    def note(self, caller: Caller, tool: str, arguments: dict[str, Any], answer: dict[str, Any], seconds: float) -> None:
        """One call. Takes about a microsecond, whatever the store does."""
        if self._mode == "off":
            return
        if len(self._waiting) >= MOST_WAITING:
            self._lose(1, "the store of events takes them too slowly")
            return
        trace = telemetry.current()
        at = self._clock.now() - timedelta(seconds=seconds)
        trace_id = trace.trace_id if trace else None
        self._waiting.append(_Note(os.urandom(16).hex(), caller, tool, arguments, answer, at, seconds, trace_id))
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes in the background; at the end what still waits, as long as patience lasts."""
        task = asyncio.create_task(self._run(), name="assistants' transcript")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    while self._waiting:
                        await self._flush()
            if self._waiting:
                self._lose(len(self._waiting), "the process stops")

    async def _run(self) -> None:
        wait = _EVERY_SECONDS
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while self._waiting:
                    await self._flush()
                    await asyncio.sleep(0)
                self._losing, wait = False, _EVERY_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, calls go on, and so does this
                log.warning("%d calls wait for their transcript (%s)", len(self._waiting), error or type(error).__name__)
                self._wake.set()
                wait = min(wait * 2, 10.0)
            await asyncio.sleep(wait)

    async def _flush(self) -> None:
        """Writes one batch; `ConnectionError` when the store does not answer, and then it waits as before."""
        batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
        documents: list[EventDocument] = []
        try:
            for note in batch:
                try:
                    documents += storable([self._document(note)])
                except (EventRefused, RecursionError) as error:  # one that nobody can store costs the others nothing
                    self._lose(1, str(error))
                await asyncio.sleep(0)  # a large answer takes most of a millisecond, and requests are waiting
            await self._store.append(documents)
        except BaseException:
            self._waiting.extendleft(reversed(batch))
            raise

    def _document(self, note: _Note) -> EventDocument:
        failed = bool(note.answer["isError"])
        told = note.answer["content"][0]["text"] if failed else note.answer["structuredContent"]
        written = msgspec.json.encode(told)
        body: dict[str, Any] = {
            "arguments": _bounded(redact_json(note.arguments), _MOST_ARGUMENTS),
            "result_bytes": len(written),
            "result_sha256": hashlib.sha256(written).hexdigest(),
        }
        if self._mode == "full":
            body["result"] = _bounded(redact_json(told), _MOST_RESULT)
        about = {
            "tool": note.tool,
            "outcome": "tool_error" if failed else "ok",
            "user": str(note.caller.user_id),
            "client": note.caller.via.removeprefix(ASSISTANT),
            "milliseconds": round(note.seconds * 1000, 1),
            "trace": note.trace_id,
        }
        return EventDocument(
            carrier_id=note.caller.carrier_id,
            kind=ASSISTANT_CALL,
            source_id=note.id,
            at=note.at,
            received_at=self._clock.now(),
            body=body,
            about=about,
            keep=RETENTION,
        )

    def _lose(self, number: int, why: str) -> None:
        EVENT_DOCUMENTS.add(ASSISTANT_CALL, "dropped", amount=number)
        if not self._losing:
            log.warning("calls of assistants are missing from their transcript: %s", why)
        self._losing = True


def _bounded(value: Any, most: int) -> Any:
    """The value, or how large it was."""
    try:
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return {"omitted": "it holds what JSON can't"}
    return value if size <= most else {"omitted": f"it takes {size:,} bytes"}
