"""The one way to PostgreSQL: a pool, and doors that are one transaction of one tenant each."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.core.door import Door, Open, Row
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.telemetry import on_collect, set_carrier
from dot_copilot.core.telemetry.standard import DB_CONNECTIONS, DB_CONNECTIONS_MAX
from dot_copilot.core.telemetry.statements import (
    COMMIT,
    ENTER,
    ROLLBACK,
    Mark,
    current_parent,
    mark,
    told,
    told_early,
)

__all__ = ["Announcer", "Database", "Door", "Open", "Password", "QueryLogger", "Row", "SignIn"]
T = TypeVar("T")
QueryLogger = Callable[[Any], None]
Announcer = Callable[[Sequence[tuple[str, str]]], Awaitable[None]]
if TYPE_CHECKING:
    _Base = asyncpg.Connection[Row]  # generic in its stubs only
else:
    _Base = asyncpg.Connection


Password = str | Callable[[], Awaitable[str]] | RolePassword


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who a pool is. With `role` the login takes on another role from the first statement on; it must be a member of it."""

    user: str
    password: Password
    role: str = ""


class _Connection(_Base):
    """A door leaves no session state behind, so the pool's reset query would be a wasted round trip."""

    def get_reset_query(self) -> str:
        return ""


async def _timed(sql: str, running: Awaitable[T]) -> T:
    """Runs a statement outside any transaction of ours, and tells telemetry of it."""
    started = perf_counter_ns()
    try:
        result = await running
    except BaseException as error:
        told_early([mark(sql, started, error)])
        raise
    told_early([mark(sql, started)])
    return result


class Database:
    """The pool of one role of one process."""

    def __init__(self, pool: asyncpg.Pool[Row]) -> None:
        self._pool = pool
        self.announce: Announcer | None = None
        self._forget = on_collect(self._show)

    def _show(self) -> None:
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        DB_CONNECTIONS.set("idle", to=idle)
        DB_CONNECTIONS.set("used", to=size - idle)
        DB_CONNECTIONS_MAX.labels().set(self._pool.get_max_size())

    @classmethod
    async def connect(
        cls,
        *,
        host: str,
        port: int,
        name: str,
        sign_in: SignIn,
        tls: Literal["prefer", "verify-full"] = "prefer",
        size: int = 12,
        query_logger: QueryLogger | None = None,
    ) -> Database:
        """Opens a pool of at most `size` connections. Raises what asyncpg raises when the server is not there.

        `tls` is "prefer", or "verify-full": then the server has to show a certificate of its name that this machine trusts.
        """

        async def prepare(connection: Any) -> None:
            await connection.set_type_codec(
                "jsonb",
                schema="pg_catalog",
                encoder=lambda value: b"\x01" + msgspec.json.encode(value),
                decoder=lambda raw: msgspec.json.decode(raw[1:]),
                format="binary",
            )
            if query_logger is not None:
                connection.add_query_logger(query_logger)

        words: dict[str, Any] = {"password": sign_in.password}
        if isinstance(turning := sign_in.password, RolePassword):

            async def connect(*args: Any, **more: Any) -> Any:
                """Each new connection asks which password is good; those that are open are none of a rotation's business."""
                return await turning.opening(
                    lambda word: asyncpg.connect(*args, password=word, **more), asyncpg.InvalidPasswordError
                )

            words = {"connect": connect}

        pool = await asyncpg.create_pool(
            host=host,
            port=port,
            database=name,
            user=sign_in.user,
            **words,
            ssl=ssl.create_default_context() if tls == "verify-full" else tls,
            min_size=1,
            max_size=size,
            connection_class=_Connection,
            init=prepare,
            command_timeout=60,
            server_settings={
                "application_name": sign_in.role or sign_in.user,
                "timezone": "UTC",
                **({"role": sign_in.role} if sign_in.role else {}),
            },
        )
        return cls(pool)

    async def close(self) -> None:
        """Closes the pool; connections in use are ended after five seconds."""
        self._forget()
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    async def ping(self) -> None:
        """One query through the pool; raises when the server does not answer."""
        await self._pool.fetchval("select 1", timeout=2)

    @asynccontextmanager
    async def door(self, caller: Caller) -> AsyncIterator[Door]:
        """A transaction of the caller's carrier. `Unauthorized` when the session has ended meanwhile."""
        enter = f"SELECT app.enter('{caller.session_id}', {int(caller.token_version)})"
        async with self._transaction(enter) as open_:
            door = Door(open_, caller.carrier_id, caller, caller.user_id, caller.via)
            yield door
        await self._tell(door)

    @asynccontextmanager
    async def job_door(self, carrier_id: UUID, *, actor_id: UUID | None = None, via: str = "job") -> AsyncIterator[Door]:
        """A transaction of `carrier_id` for the worker (role dot_worker)."""
        async with self._transaction(f"SELECT app.enter_job('{UUID(str(carrier_id))}')") as open_:
            door = Door(open_, carrier_id, None, actor_id, via)
            yield door
        await self._tell(door)

    @asynccontextmanager
    async def sign_in_door(self, user_id: UUID, carrier_id: UUID, *, via: str = "web") -> AsyncIterator[Door]:
        """A transaction for checking a password or a refresh token of `user_id`, before a session exists."""
        set_carrier(carrier_id)
        async with self._transaction(f"SELECT app.enter_sign_in('{UUID(str(user_id))}')") as open_:
            door = Door(open_, carrier_id, None, user_id, via)
            yield door
        await self._tell(door)

    @asynccontextmanager
    async def share_door(self, caller: Caller, *, writing: bool = False) -> AsyncIterator[Door]:
        """A transaction of an auditor who came by a link, as `door`: bound to the share's drivers, read-only unless `writing`."""
        enter = f"{'' if writing else 'SET TRANSACTION READ ONLY;'}SELECT app.enter_share('{caller.session_id}')"
        async with self._transaction(enter) as open_:
            door = Door(open_, caller.carrier_id, caller, None, caller.via)
            yield door
        await self._tell(door)

    @asynccontextmanager
    async def share_sign_in_door(self, share_id: UUID, carrier_id: UUID, *, via: str) -> AsyncIterator[Door]:
        """A transaction for checking the code of a share, before a session exists."""
        set_carrier(carrier_id)
        async with self._transaction(f"SELECT app.enter_share_sign_in('{UUID(str(share_id))}')") as open_:
            yield Door(open_, carrier_id, None, None, via)

    async def _tell(self, door: Door) -> None:
        if door.announcements and self.announce is not None:
            await self.announce(door.announcements)

    async def lookup(self, sql: str, *args: object) -> Row | None:
        """One row outside any tenant; only definer functions and tables that belong to no carrier answer here."""
        return await _timed(sql, self._pool.fetchrow(sql, *args))

    async def lookup_all(self, sql: str, *args: object) -> list[Row]:
        """Rows outside any tenant, as `lookup`."""
        return list(await _timed(sql, self._pool.fetch(sql, *args)))

    @asynccontextmanager
    async def _transaction(self, enter: str) -> AsyncIterator[Open]:
        asked = perf_counter_ns()
        connection = await self._pool.acquire()
        began = perf_counter_ns()
        entered = committing = committed = 0
        marks: list[Mark] = []
        open_ = True
        try:
            try:
                # One round trip: simple protocol, values are UUIDs and integers that we have parsed ourselves.
                await connection.execute("BEGIN;" + enter)
            except BaseException as error:
                marks.append(mark(ENTER, began, error))
                if isinstance(error, asyncpg.PostgresError) and error.sqlstate == "DC401":
                    raise Unauthorized("Your session has ended. Sign in again.") from None
                raise
            entered = perf_counter_ns()
            yield connection, marks
            committing = perf_counter_ns()
            try:
                outcome = await connection.execute("COMMIT")
            except BaseException as error:
                marks.append(mark(COMMIT, committing, error))
                raise
            committed = perf_counter_ns()
            open_ = False
            if outcome != "COMMIT":  # a statement failed and the error was swallowed: PostgreSQL rolls back without a word
                raise RuntimeError(f"the transaction was not committed ({outcome})")
        finally:
            told((asked, began, entered, committing, committed, current_parent(), marks))
            if open_:
                await asyncio.shield(self._abandon(connection))
            else:
                await self._pool.release(connection)

    async def _abandon(self, connection: Any) -> None:
        """Rolls back whatever state the connection is in; drops it when even that fails."""
        try:
            if not connection.is_closed():
                await asyncio.wait_for(_timed(ROLLBACK, connection.execute("ROLLBACK")), 5)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            connection.terminate()
        finally:
            await self._pool.release(connection)
