"""Takes every place out that tells something of a request, and puts it back: what `bench.telemetry` compares the API with.

`python -m bench.untold --port 8001` is the API as it was before it told anything: FastAPI's own outermost layers are where
ours would be. With the environment variable `BENCH_SIDE` it listens to a signal (SIGUSR1), reads the name of a side from
the file of that name, and becomes it at once: one process, so that both sides have the same memory, and the same luck with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI

from dot_copilot import app, serve
from dot_copilot.core import database
from dot_copilot.core import http as core_http
from dot_copilot.core.errors import Unauthorized


class _Door(database.Door):
    """Its statements, with nothing around them."""

    __slots__ = ()

    async def fetch(self, sql: str, *args: object) -> list[database.Row]:
        rows: list[database.Row] = await self._connection.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, *args: object) -> database.Row | None:
        row: database.Row | None = await self._connection.fetchrow(sql, *args)
        return row

    async def fetchval(self, sql: str, *args: object) -> Any:
        return await self._connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        tag: str = await self._connection.execute(sql, *args)
        return tag

    async def executemany(self, sql: str, args: Iterable[Sequence[object]]) -> None:
        await self._connection.executemany(sql, args)


@asynccontextmanager
async def _transaction(self: database.Database, enter: str) -> AsyncIterator[database.Open]:
    connection = await self._pool.acquire()
    open_ = True
    try:
        try:
            await connection.execute("BEGIN;" + enter)
        except BaseException as error:
            if isinstance(error, asyncpg.PostgresError) and error.sqlstate == "DC401":
                raise Unauthorized("Your session has ended. Sign in again.") from None
            raise
        yield connection, []
        outcome = await connection.execute("COMMIT")
        open_ = False
        if outcome != "COMMIT":
            raise RuntimeError(f"the transaction was not committed ({outcome})")
    finally:
        if open_:
            await asyncio.shield(self._abandon(connection))
        else:
            await self._pool.release(connection)


def _same(_sql: str, running: Any) -> Any:
    return running


def _nothing(*_: object) -> None:
    return None


PLACES: list[tuple[Any, str, Any]] = [
    (database, "Door", _Door),
    (database, "_timed", _same),
    (database.Database, "_transaction", _transaction),
    (core_http, "set_carrier", _nothing),
    (app.Api, "build_middleware_stack", FastAPI.build_middleware_stack),
    (app.Api, "__call__", FastAPI.__call__),
]


class Switch:
    """Turns an API between its sides."""

    def __init__(self, api: FastAPI, file: Path) -> None:
        self._api, self._file = api, file
        self._telling = [(owner, name, getattr(owner, name)) for owner, name, _ in PLACES]
        self._stacks: dict[str, Any] = {}

    def turn(self) -> None:
        """Becomes the side that the file names, and answers with `<file>.now`."""
        side = self._file.read_text()
        for owner, name, instead in PLACES if side == "untold" else self._telling:
            setattr(owner, name, instead)
        self._stacks.setdefault(side, self._api.build_middleware_stack())
        self._api.middleware_stack = self._stacks[side]
        self._file.with_suffix(".now").write_text(side)


def _with_switch(create: Callable[[], FastAPI], file: Path) -> Callable[[], FastAPI]:
    def create_app() -> FastAPI:
        api = create()
        turning = Switch(api, file)
        signal.signal(signal.SIGUSR1, lambda *_: turning.turn())
        return api

    return create_app


if __name__ == "__main__":
    if named := os.environ.get("BENCH_SIDE"):
        app.create_app = _with_switch(app.create_app, Path(named))  # type: ignore[assignment]
    else:
        for owner, name, instead in PLACES:
            setattr(owner, name, instead)
    serve.main()
