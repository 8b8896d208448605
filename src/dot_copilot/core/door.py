"""One transaction of one tenant, as repositories see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from time import perf_counter_ns
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from dot_copilot.core import events
from dot_copilot.core.caller import Caller
from dot_copilot.core.telemetry.statements import MARKS_LIMIT, Mark, current_parent, mark, told_early

T = TypeVar("T")
Row = asyncpg.Record
Open = tuple[Any, list[Mark]]
"""The connection of a transaction that has begun, and what it has done, as telemetry is told of it."""


class Door:
    """One transaction that sees one carrier. Repositories take it; each SQL names `carrier_id` besides."""

    __slots__ = ("_connection", "_marks", "actor_id", "announcements", "caller", "carrier_id", "via")

    def __init__(self, open_: Open, carrier_id: UUID, caller: Caller | None, actor_id: UUID | None, via: str) -> None:
        self._connection, self._marks = open_
        self.carrier_id = carrier_id
        self.caller = caller
        self.actor_id = actor_id
        self.via = via
        self.announcements: list[tuple[str, str]] = []

    def announce(self, channel: str, message: str) -> None:
        """Tells other processes (`core.ports.Signals`), once this transaction has committed."""
        self.announcements.append((channel, message))

    def _note(self, marked: Mark) -> None:
        """Notes a statement for telemetry."""
        self._marks.append(marked)
        if len(self._marks) > MARKS_LIMIT:
            self._tell_early()

    def _tell_early(self) -> None:
        told_early(self._marks[:])
        self._marks.clear()

    async def _timed(self, sql: str, running: Awaitable[T]) -> T:
        started = perf_counter_ns()
        try:
            result = await running
        except BaseException as error:
            self._note(mark(sql, started, error))
            raise
        self._note(mark(sql, started))
        return result

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        """All rows."""
        started = perf_counter_ns()
        try:
            rows: list[Row] = await self._connection.fetch(sql, *args)
        except BaseException as error:
            self._note(mark(sql, started, error))
            raise
        marks = self._marks
        marks.append((sql, current_parent(), started, perf_counter_ns(), None))
        if len(marks) > MARKS_LIMIT:
            self._tell_early()
        return rows

    async def fetchrow(self, sql: str, *args: object) -> Row | None:
        """The first row, or None."""
        started = perf_counter_ns()
        try:
            row: Row | None = await self._connection.fetchrow(sql, *args)
        except BaseException as error:
            self._note(mark(sql, started, error))
            raise
        marks = self._marks
        marks.append((sql, current_parent(), started, perf_counter_ns(), None))
        if len(marks) > MARKS_LIMIT:
            self._tell_early()
        return row

    async def fetchval(self, sql: str, *args: object) -> Any:
        """The first column of the first row, or None."""
        return await self._timed(sql, self._connection.fetchval(sql, *args))

    async def execute(self, sql: str, *args: object) -> str:
        """Runs a statement; returns its command tag, such as `UPDATE 1`."""
        tag: str = await self._timed(sql, self._connection.execute(sql, *args))
        return tag

    async def executemany(self, sql: str, args: Iterable[Sequence[object]]) -> None:
        """Runs a statement once per element of `args`, in one pipeline."""
        await self._timed(sql, self._connection.executemany(sql, args))

    def cursor(self, sql: str, *args: object, prefetch: int = 1000) -> AsyncIterator[Row]:
        """Streams rows of a large result."""
        rows: AsyncIterator[Row] = self._connection.cursor(sql, *args, prefetch=prefetch)
        return rows

    async def publish(self, event: object) -> None:
        """Tells the features above, in this transaction (`core.events`)."""
        await events.publish(self, event)
