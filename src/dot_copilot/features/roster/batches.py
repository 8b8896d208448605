"""One run of an import, and the rows of its file in batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.roster.layout import raw_rows
from dot_copilot.features.roster.models import ParsedRow
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
    """Parsed rows in batches, read in a thread so that the worker keeps answering. `Interrupted`, `Cancelled` in between."""
    async with _reading(_chunked(parser, path, noting=noting)) as chunks:
        while batch := await asyncio.to_thread(next, chunks, None):
            if job.stopping.is_set():
                raise Interrupted("the worker is stopping")
            yield batch


@asynccontextmanager
async def _reading(chunks: Iterator[list[ParsedRow]]) -> AsyncIterator[Iterator[list[ParsedRow]]]:
    try:
        yield chunks
    finally:
        await asyncio.to_thread(chunks.close)  # type: ignore[attr-defined]


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
