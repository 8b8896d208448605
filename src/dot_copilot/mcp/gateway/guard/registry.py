"""What the gateway asks PostgreSQL: five functions, as role dot_gateway. Whatever goes wrong there is an `OSError` here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

import asyncpg

from dot_copilot.core.database import Database
from dot_copilot.mcp.gateway.guard.pins import Row

T = TypeVar("T")


class BadData(Exception):
    """PostgreSQL is there and refuses what it was given: sending it again would not help."""


class Registry:
    """`app.standing`, `app.audit_calls`, `app.offer_tools`, `app.pins` and `app.report_upstream` of migration 0004."""

    def __init__(self, database: Database, *, patience_s: float = 2.0) -> None:
        self._database, self._patience_s = database, patience_s

    async def standing(self, session: UUID, version: int) -> bool:
        """Whether the session has neither ended nor been overtaken by a newer token version."""
        row = await self._ask(self._database.lookup("select app.standing($1, $2) as stands", session, version), self._patience_s)
        return bool(row and row["stands"])

    async def audit_calls(self, carrier: UUID, calls: bytes) -> int:
        """Appends a JSON list of calls (see the migration) to the carrier's chain; returns how many were new. `BadData`."""
        row = await self._ask(
            self._database.lookup("select app.audit_calls($1, $2::text::jsonb) as new", carrier, calls.decode()), 30
        )
        return int(row["new"]) if row else 0

    async def offer_tools(self, upstream: str, offered: bytes) -> None:
        """Notes what an upstream offers, a JSON list (see the migration)."""
        await self._ask(self._database.lookup("select app.offer_tools($1, $2::text::jsonb)", upstream, offered.decode()), 30)

    async def pins(self) -> list[Row]:
        """The decisions of all carriers."""
        rows = await self._ask(self._database.lookup_all("select * from app.pins()"), 10)
        return [(r["carrier_id"], r["upstream"], r["kind"], r["name"], r["hash"], r["decision"]) for r in rows]

    async def report_upstream(self, name: str, gateway: str, state: str, detail: str, tools: int) -> None:
        """Notes how an upstream is, as this gateway sees it."""
        question = self._database.lookup("select app.report_upstream($1, $2, $3, $4, $5)", name, gateway, state, detail, tools)
        await self._ask(question, 10)

    async def _ask(self, question: Awaitable[T], seconds: float) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await question
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            raise BadData(str(error)) from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            raise OSError(f"PostgreSQL does not answer ({type(error).__name__})") from None
