"""The passwords of the database's roles. The next is in the store before PostgreSQL hears of it, so one of two is always good.

Killed between any two lines it leaves either of two states, which the next run tells apart by trying: PostgreSQL takes the
present password, or already the next one (ADR 23).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from dot_copilot.core.role_password import password_secret, pending_secret
from dot_copilot.rotation.errors import NotAnsweringError, RotationError
from dot_copilot.rotation.jwt_keys import Say, Wait
from dot_copilot.rotation.keeper import Keeper, Kept
from dot_copilot.stack.parts.postgres import verifier

ROLES = ("gateway", "app", "worker", "owner")
_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Server:
    """Where PostgreSQL is."""

    host: str
    port: int
    database: str

    async def connect(self, role: str, password: str) -> Any:
        """A connection as dot_`role`; None when it does not take the password."""
        try:
            return await asyncpg.connect(
                host=self.host, port=self.port, database=self.database, user=f"dot_{role}", password=password,
                timeout=10, command_timeout=10, server_settings={"application_name": "dot-copilot rotate"},
            )  # fmt: skip
        except asyncpg.InvalidPasswordError:
            return None
        except _TROUBLE as error:
            raise NotAnsweringError(f"PostgreSQL does not answer ({type(error).__name__}: {error}); {_BOTH_KEPT}") from None

    async def takes(self, role: str, password: str) -> bool:
        """Whether the role signs in with it."""
        connection = await self.connect(role, password)
        if connection is not None:
            await connection.close()
        return connection is not None


_BOTH_KEPT = "nothing is lost: the store has the passwords before and after, and every process tries both. Run this again"


@dataclass(slots=True)
class _Role:
    name: str
    present: Kept
    next: Kept | None

    @property
    def is_pending(self) -> bool:
        return self.next is not None and self.next.value != self.present.value


async def rotate(keeper: Keeper, server: Server, lead: float, say: Say, *, wait: Wait, roles: Sequence[str] = ROLES) -> None:
    """A new password for each role, or the end of a rotation that was interrupted. RotationError says what holds.

    `lead`: seconds after which every process has read the password to come.
    """
    found = [await _read(keeper, name) for name in roles]
    chosen = [role for role in found if role.is_pending]
    if chosen:
        names = ", ".join(f"dot_{role.name}" for role in chosen)
        say(f"going on with a rotation that did not come to its end: {names}; for new passwords of all run this again")
    else:
        chosen = found
        for role in chosen:  # before anything is written: a rotation that can't be done is not begun
            if not await server.takes(role.name, role.present.value):
                raise RotationError(_neither(role.name))
        for role in chosen:
            role.next = await keeper.write(pending_secret(role.name), secrets.token_urlsafe(32), role.next)
        say(f"the next passwords are published; PostgreSQL hears of them in {lead:g} s")
    await wait(lead)
    for role in chosen:
        await _turn(keeper, server, role)
        say(f"dot_{role.name} has a new password")


async def _read(keeper: Keeper, name: str) -> _Role:
    present = await keeper.read(password_secret(name))
    if present is None:
        raise RotationError(f"the secret store does not hold {password_secret(name)}; is this the right stack?")
    return _Role(name, present, await keeper.read(pending_secret(name)))


async def _turn(keeper: Keeper, server: Server, role: _Role) -> None:
    assert role.next is not None
    new = role.next.value
    connection = await server.connect(role.name, role.present.value)
    if connection is not None:
        try:
            # A role may always change its own password. The statement has a verifier (RFC 5803), never the password.
            await connection.execute(f"ALTER ROLE dot_{role.name} PASSWORD '{verifier(new)}'")
        except _TROUBLE as error:
            raise NotAnsweringError(f"PostgreSQL did not say whether it took the change ({error}); {_BOTH_KEPT}") from None
        finally:
            connection.terminate()
    if not await server.takes(role.name, new):
        raise RotationError(_neither(role.name))
    role.present = await keeper.write(password_secret(role.name), new, role.present)


def _neither(role: str) -> str:
    return (
        f"PostgreSQL takes no password of dot_{role} in the secret store, so somebody has changed it there. What is connected "
        f"goes on. Set it to the one in the store, as docs/runbooks/rotation.md says, then run this again"
    )


async def pending(keeper: Keeper, roles: Sequence[str] = ROLES) -> list[str]:
    """The roles whose rotation did not come to its end."""
    return [name for name in roles if (await _read(keeper, name)).is_pending]
