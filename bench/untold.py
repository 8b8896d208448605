"""The API as it was before it told anything, for comparison: `python -m bench.untold --port 8001`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import FastAPI

from dot_copilot import app, serve
from dot_copilot.core import database
from dot_copilot.core import http as core_http


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


def _same(_statement: object, running: Any) -> Any:
    return running


def _nothing(*_: object) -> None:
    return None


def quiet() -> None:
    """Takes every place out that tells something of a request."""
    for module, name, instead in (
        (database, "Door", _Door),
        (database, "_timed", _same),
        (database, "waited", _nothing),
        (core_http, "set_carrier", _nothing),
        (app.Api, "build_middleware_stack", FastAPI.build_middleware_stack),
    ):
        setattr(module, name, instead)


if __name__ == "__main__":
    quiet()
    serve.main()
