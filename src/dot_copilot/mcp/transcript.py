"""What assistants asked and were told, as raw event documents (ADR 16). Off the path of a call: noted here, written later.

The audit log is the record of calls, and none is missing there. This is for looking at one afterwards: it is written in the
background, and what can't be written soon is dropped and counted. Our own server notes calls of our tools, the gateway those of
others' tools; nobody notes one twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec

from dot_copilot.core.clock import Clock
from dot_copilot.core.event_documents import ASSISTANT_CALL, EventDocument, EventRefused, storable
from dot_copilot.core.ports import EventDocuments
from dot_copilot.core.redaction import redact, redact_json
from dot_copilot.core.telemetry.standard import EVENT_DOCUMENTS

log = logging.getLogger(__name__)
Mode = Literal["off", "arguments", "full"]
RETENTION = timedelta(days=30)
MOST_WAITING = 1000
MOST_WAITING_BYTES = 32 << 20
"""Of what others' servers answered: theirs may be large, and a store that is away must not cost the process its memory."""
_BATCH = 100
_EVERY_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
_MOST_ARGUMENTS, _MOST_RESULT = 16 << 10, 256 << 10
_LARGE = 64 << 10
"""Bytes that are not read on the event loop: requests are waiting."""
_LONGEST_NAME = 300


class Call(NamedTuple):
    """A call that has ended. One that is noted twice (`id`) is kept once.

    `arguments` and `told` are JSON values, or JSON as bytes; nobody changes them any more. `upstream` is None for our own tools.
    """

    id: str
    carrier_id: UUID
    user_id: UUID
    client: str
    upstream: str | None
    tool: str
    arguments: Any
    told: Any
    outcome: str
    at: datetime
    seconds: float
    trace_id: str | None

    @property
    def size(self) -> int:
        """The bytes it holds."""
        return sum(len(part) for part in (self.arguments, self.told) if isinstance(part, bytes))


class Transcript:
    """Takes calls and writes them in batches.

    `arguments`: what was asked, and of the answer its outcome, size and SHA-256. `full`: the answer too. `off`: nothing.
    """

    def __init__(self, store: EventDocuments, clock: Clock, mode: Mode) -> None:
        self._store, self.clock, self._mode = store, clock, mode
        self._waiting: deque[Call] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._losing = False

    @property
    def off(self) -> bool:
        """Whether nothing is kept."""
        return self._mode == "off"

    def keep(self, call: Call) -> None:
        """One call. Takes about a microsecond, whatever the store does."""
        if self.off:
            return
        if len(self._waiting) >= MOST_WAITING or self._bytes + call.size > MOST_WAITING_BYTES:
            self._lose(1, "the store of events takes them too slowly")
            return
        self._waiting.append(call)
        self._bytes += call.size
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
            for call in batch:
                try:
                    made = await asyncio.to_thread(self._document, call) if call.size > _LARGE else self._document(call)
                    documents += storable([made])
                except (EventRefused, RecursionError) as error:  # one that nobody can store costs the others nothing
                    self._lose(1, str(error))
                await asyncio.sleep(0)  # a large answer takes most of a millisecond, and requests are waiting
            await self._store.append(documents)
        except BaseException:
            self._waiting.extendleft(reversed(batch))
            raise
        self._bytes -= sum(call.size for call in batch)

    def _document(self, call: Call) -> EventDocument:
        written = call.told if isinstance(call.told, bytes) else msgspec.json.encode(call.told)
        body: dict[str, Any] = {
            "arguments": _bounded(call.arguments, _MOST_ARGUMENTS),
            "result_bytes": len(written),
            "result_sha256": hashlib.sha256(written).hexdigest(),
        }
        if self._mode == "full":
            body["result"] = _bounded(call.told, _MOST_RESULT)
        about = {
            "tool": redact(call.tool)[:_LONGEST_NAME],
            "outcome": call.outcome,
            "user": str(call.user_id),
            "client": call.client,
            "milliseconds": round(call.seconds * 1000, 1),
            "trace": call.trace_id,
        }
        if call.upstream is not None:
            about["upstream"] = call.upstream
        return EventDocument(
            carrier_id=call.carrier_id,
            kind=ASSISTANT_CALL,
            source_id=call.id,
            at=call.at,
            received_at=self.clock.now(),
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
    """The value without secrets, or how large it was. What is too large is not even read."""
    try:
        if isinstance(value, bytes):
            if len(value) > most:
                return _omitted(len(value))
            value = msgspec.json.decode(value)
        value = redact_json(value)
        size = len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return {"omitted": "it holds what JSON can't"}
    return value if size <= most else _omitted(size)


def _omitted(size: int) -> dict[str, str]:
    return {"omitted": f"it takes {size:,} bytes"}
