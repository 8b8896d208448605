"""A carrier of a test's own, and its people, each with an HTTP client that is signed in."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx

from dot_copilot.core import audit
from dot_copilot.core.caller import AT_TERMINALS, Caller, Role
from dot_copilot.core.platform import Platform

NO_PASSWORD = "no-password"  # never matches: it is not an Argon2 hash


# Not of a request: the transcript, written when there is time, and what a connection learns of types when it is opened for it.
_BACKGROUND = ("app.append_events", "pg_type", "set_config('jit'")


class Queries:
    """The SQL statements of requests run since `clear()`."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def log(self, record: Any) -> None:
        """Called by asyncpg after each statement."""
        if not any(word in record.query for word in _BACKGROUND):
            self.statements.append(record.query)

    def clear(self) -> None:
        """Forgets them."""
        self.statements.clear()


@dataclass
class World:
    """One carrier. `as_role` gives a client for a person of a role, made the first time it is asked for."""

    api: httpx.ASGITransport
    worker: Platform
    stack: AsyncExitStack
    carrier_id: UUID
    usdot: str
    terminal_id: UUID
    clients: dict[Role, httpx.AsyncClient] = field(default_factory=dict)
    users: dict[Role, UUID] = field(default_factory=dict)

    @classmethod
    async def create(cls, api: httpx.ASGITransport, worker: Platform, stack: AsyncExitStack, *, usdot: str) -> World:
        """A carrier with the terminal 'Dallas'."""
        row = await worker.database.lookup("select app.create_carrier($1, $2, 'America/Chicago') id", usdot, f"Carrier {usdot}")
        assert row is not None
        world = cls(api, worker, stack, row["id"], usdot, uuid4())
        world.terminal_id = await world.add_terminal("Dallas", "America/Chicago")
        return world

    async def add_terminal(self, name: str, time_zone: str) -> UUID:
        """Another terminal."""
        async with self.worker.database.job_door(self.carrier_id) as door:
            terminal: UUID = await door.fetchval(
                "insert into terminals (carrier_id, name, time_zone) values ($1, $2, $3) returning id",
                self.carrier_id,
                name,
                time_zone,
            )
        return terminal

    async def audit_log(self, action: str = "") -> list[dict[str, Any]]:
        """Entries of the audit log, the oldest first; all, or those of one action. `origin` stands beside `details`."""
        async with self.worker.database.job_door(self.carrier_id) as door:
            await audit.seal(door)
            rows = await door.fetch(
                "select * from audit_log where carrier_id = $1 and $2 in ('', action) order by seq", self.carrier_id, action
            )
        entries = [dict(row) for row in rows]
        return [{**entry, "origin": entry["details"].pop(audit.ORIGIN, None)} for entry in entries]

    async def add_driver(
        self,
        employee_id: str = "",
        *,
        first: str = "Ana",
        last: str = "Ruiz",
        terminal_id: UUID | None = None,
        hired_on: date | None = None,
    ) -> UUID:
        """A driver in the database, with an employment and an empty profile; no projection is made."""
        async with self.worker.database.job_door(self.carrier_id) as door:
            driver: UUID = await door.fetchval(
                """insert into drivers (carrier_id, employee_id, first_name, last_name, terminal_id)
                   values ($1, $2, $3, $4, $5) returning id""",
                self.carrier_id,
                employee_id or uuid4().hex[:8],
                first,
                last,
                terminal_id or self.terminal_id,
            )
            await door.execute("insert into driver_profiles (carrier_id, driver_id) values ($1, $2)", self.carrier_id, driver)
            await door.execute(
                "insert into employments (carrier_id, driver_id, hired_on) values ($1, $2, $3)",
                self.carrier_id,
                driver,
                hired_on or date(2024, 1, 15),
            )
        return driver

    async def as_role(self, role: Role, *, terminal_id: UUID | None = None, driver_id: UUID | None = None) -> httpx.AsyncClient:
        """A signed-in client of that role; supervisors get this world's terminal unless told otherwise."""
        if role in self.clients and terminal_id is None and driver_id is None:
            return self.clients[role]
        if role in AT_TERMINALS and terminal_id is None:
            terminal_id = self.terminal_id
        if role is Role.DRIVER and driver_id is None:
            driver_id = await self.add_driver()
        caller = await self._sign_in(role, terminal_id, driver_id)
        client = httpx.AsyncClient(
            transport=self.api,
            base_url="http://test/api/v1",
            headers={"Authorization": f"Bearer {self.worker.keys.issue(caller)}"},
            timeout=30,
        )
        self.stack.push_async_callback(client.aclose)
        self.clients[role] = client
        self.users[role] = caller.user_id
        return client

    async def _sign_in(self, role: Role, terminal_id: UUID | None, driver_id: UUID | None) -> Caller:
        async with self.worker.database.job_door(self.carrier_id) as door:
            user_id: UUID = await door.fetchval(
                """insert into users (carrier_id, email, name, password_hash, role, terminal_id, driver_id, expires_on)
                   values ($1, $2, $3, $4, $5, $6, $7, $8) returning id""",
                self.carrier_id,
                f"{role}-{uuid4().hex[:10]}@{self.usdot}.example",
                f"Test {role}",
                NO_PASSWORD,
                role.value,
                terminal_id,
                driver_id,
                date(2099, 1, 1) if role is Role.AUDITOR else None,
            )
            session_id: UUID = await door.fetchval(
                "insert into sessions (carrier_id, user_id, expires_at) values ($1, $2, now() + interval '1 day') returning id",
                self.carrier_id,
                user_id,
            )
        return Caller(
            session_id=session_id,
            user_id=user_id,
            carrier_id=self.carrier_id,
            role=role,
            token_version=1,
            expires_at=int(time.time()) + 3600,
            terminal_id=terminal_id,
            driver_id=driver_id,
        )
