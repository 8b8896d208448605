"""People with access tokens, for tests of the guard."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import msgspec
import orjson

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.platform import Platform
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing, mcp_audience
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash
from dot_copilot.mcp.gateway.ports import Offered, Verdict

PUBLIC_URL = "http://localhost:8080"
_numbers = itertools.count(int(time.time()) % 500_000 * 10 + 50_000_000)


@dataclass
class Person:
    """A signed-in person with a connected client."""

    caller: Caller
    keys: KeyRing
    scopes: str = "compliance:read drivers:read"

    def token(self, *, typ: str = OAUTH_TYPE, seconds: int = 900, scope: str | None = None) -> bytes:
        """The Authorization header of an access token."""
        caller = msgspec.structs.replace(self.caller, expires_at=int(time.time()) + seconds)
        extra = {"scope": self.scopes if scope is None else scope, "client_id": "client-1"}
        return b"Bearer " + self.keys.issue(caller, typ=typ, extra=extra).encode()

    def verdict(self, *scopes: str) -> Verdict:
        """A verdict without asking anybody."""
        return Verdict(self.caller, "client-1", "Test client", frozenset(scopes or self.scopes.split()), uuid4().bytes)


async def make_carrier(worker: Platform) -> UUID:
    """A carrier of the test's own."""
    usdot = str(next(_numbers))
    row = await worker.database.lookup("select app.create_carrier($1, $2, 'America/Chicago') id", usdot, f"Carrier {usdot}")
    assert row is not None
    carrier: UUID = row["id"]
    return carrier


async def make_person(worker: Platform, keys_json: str, carrier: UUID, role: Role = Role.SAFETY_MANAGER) -> Person:
    """A person with a session and a connection, who has no password."""
    via = "mcp:Test client"
    async with worker.database.job_door(carrier) as door:
        user: UUID = await door.fetchval(
            """insert into users (carrier_id, email, name, password_hash, role, expires_on)
               values ($1, $2, $3, 'no-password', $4, $5) returning id""",
            carrier,
            f"{uuid4().hex}@example.com",
            f"Test {role}",
            role.value,
            date(2099, 1, 1) if role is Role.AUDITOR else None,
        )
        session: UUID = await door.fetchval(
            """insert into sessions (carrier_id, user_id, via, expires_at) values ($1, $2, $3, now() + interval '1 day')
               returning id""",
            carrier,
            user,
            via,
        )
        await door.execute(
            """insert into connections (carrier_id, user_id, client_id, client_name, scopes, session_id)
               values ($1, $2, 'client-1', 'Test client', '{drivers:read}', $3)""",
            carrier,
            user,
            session,
        )
    caller = Caller(session, user, carrier, role, 1, int(time.time()) + 900, via=via)
    return Person(caller, KeyRing(keys_json, issuer=PUBLIC_URL, audience=mcp_audience(PUBLIC_URL)))


def offer(
    name: str = "search",
    upstream: str = "github",
    scope: str = "",
    *,
    kind: Kind = Kind.TOOL,
    text: str = "Searches.",
    roles: list[str] | None = None,
) -> Offered:
    """A definition an upstream offers."""
    definition: dict[str, object] = {"name": name, "description": text, "inputSchema": {"type": "object"}}
    if roles is not None:
        definition["_meta"] = {"dot-copilot/roles": roles}
    return Offered(upstream, kind, name, definition_hash(kind, definition), scope, orjson.dumps(definition))
