"""One run of an import, and the rows of its file in batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.roster.layout import raw_rows
from dot_copilot.features.roster.models import Batch, ParsedRow
from dot_copilot.features.roster.parsing import RowParser

BATCH = 500


class Interrupted(Exception):
    """The worker is stopping; the job is to be run again."""


class Cancelled(Exception):
    """Somebody has asked to stop."""


class Job(Struct):
    """One run of one import."""

    platform: Platform
    carrier_id: UUID
    actor_id: UUID | None
    import_id: UUID
    stopping: asyncio.Event

    def door(self) -> AbstractAsyncContextManager[Door]:
        """A transaction of the import's carrier, in the name of who asked for it."""
        return self.platform.database.job_door(self.carrier_id, actor_id=self.actor_id, via="roster")


async def batches(job: Job, parser: RowParser, path: Path, *, noting: bool = False) -> AsyncIterator[list[ParsedRow]]:
    """Parsed rows in batches, read in a thread so that the worker keeps answering. `Interrupted` in between."""
    chunks = _chunked(parser, path, noting=noting)
    while batch := await asyncio.to_thread(next, chunks, None):
        check_stopping(job)
        yield batch


def check_stopping(job: Job) -> None:
    """`Interrupted` when the worker is to stop."""
    if job.stopping.is_set():
        raise Interrupted("the worker is stopping")


def drivers_of(rows: list[ParsedRow]) -> Batch:
    """The drivers among parsed rows (at least one row)."""
    return Batch(rows[0].number, rows[-1].number, [parsed.driver for parsed in rows if parsed.driver is not None])


def _chunked(parser: RowParser, path: Path, *, noting: bool) -> Iterator[list[ParsedRow]]:
    rows = raw_rows(path, parser.layout)
    batch: list[ParsedRow] = []
    for parsed in parser.parse(parser.noting(rows) if noting else rows):
        batch.append(parsed)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class Spool:
    """Drivers kept on disk between the reading and the writing of one run, so that the file is not parsed twice."""

    _LENGTH = 4

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoder = msgspec.msgpack.Encoder()

    def clear(self) -> None:
        """Begins anew."""
        self._path.write_bytes(b"")

    def add(self, batch: Batch) -> None:
        """Keeps a batch."""
        data = self._encoder.encode(batch)
        with self._path.open("ab") as file:
            file.write(len(data).to_bytes(self._LENGTH) + data)

    async def batches(self, job: Job) -> AsyncIterator[Batch]:
        """The batches as they were added. `Interrupted` in between."""
        decoder = msgspec.msgpack.Decoder(Batch)
        with self._path.open("rb") as file:
            while length := await asyncio.to_thread(file.read, self._LENGTH):
                check_stopping(job)
                yield decoder.decode(file.read(int.from_bytes(length)))
