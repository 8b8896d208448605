"""An assistant for tests: the SDK's own client on the mounted server, with a token as the gateway would mint it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import httpx2
import jsonschema  # type: ignore[import-untyped]
import jwt
import msgspec
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from dot_copilot.core.caller import AT_TERMINALS, Caller, Role
from dot_copilot.core.scopes import held
from dot_copilot.core.tokens import ALGORITHM, INTERNAL_AUDIENCE, OAUTH_TYPE
from dot_copilot.mcp.server.tools import BY_NAME
from tests.support.world import World

URL = "http://127.0.0.1/internal/mcp"
VIA = "mcp:Test assistant"
Era = Literal["2026-07-28", "legacy"]


def mint(world: World, caller: Caller, scopes: Iterable[str], typ: str = OAUTH_TYPE, **claims: Any) -> str:
    """A token as the gateway mints them for this server."""
    keys = world.worker.keys
    everything = {
        "iss": world.worker.settings.public_url,
        "aud": INTERNAL_AUDIENCE,
        "sub": str(caller.user_id),
        "sid": str(caller.session_id),
        "cid": str(caller.carrier_id),
        "rol": caller.role.value,
        "ver": caller.token_version,
        "iat": int(time.time()),
        "exp": int(time.time()) + 120,
        "via": caller.via,
        "scope": " ".join(scopes),
        "client_id": "test",
    }
    if caller.terminal_id:
        everything["tid"] = str(caller.terminal_id)
    if caller.driver_id:
        everything["did"] = str(caller.driver_id)
    kid = keys.jwks()["keys"][0]["kid"]
    return jwt.encode({**everything, **claims}, keys._private[kid], algorithm=ALGORITHM, headers={"kid": kid, "typ": typ})


@dataclass
class Assistant:
    """A connected client. `ask` gives a tool's structured content, `refused` the text of its error."""

    client: Client
    caller: Caller
    token: str

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured content, checked against the tool's own output schema."""
        return (await self.both(tool, **arguments))[0]

    async def text(self, tool: str, **arguments: Any) -> str:
        """The summary in words."""
        return (await self.both(tool, **arguments))[1]

    async def both(self, tool: str, **arguments: Any) -> tuple[dict[str, Any], str]:
        """The structured content and the words."""
        answer = await self.client.call_tool(tool, arguments)
        text = answer.content[0].text  # type: ignore[union-attr]
        assert not answer.is_error, text
        schema = BY_NAME[tool].definition["outputSchema"]
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        jsonschema.Draft202012Validator(schema, format_checker=checker).validate(answer.structured_content)
        content: dict[str, Any] = answer.structured_content
        return content, text

    async def refused(self, tool: str, **arguments: Any) -> str:
        """The text of the error that the call ends in."""
        answer = await self.client.call_tool(tool, arguments)
        assert answer.is_error
        assert answer.structured_content is None
        text: str = answer.content[0].text  # type: ignore[union-attr]
        assert "Traceback" not in text
        return text


@asynccontextmanager
async def assistant(
    world: World,
    role: Role = Role.SAFETY_MANAGER,
    *,
    scopes: Iterable[str] | None = None,
    era: Era = "2026-07-28",
    terminal_id: UUID | None = None,
    driver_id: UUID | None = None,
) -> AsyncIterator[Assistant]:
    """An assistant connected by a person of `role`, with every scope the role holds unless told otherwise."""
    if role in AT_TERMINALS:
        terminal_id = terminal_id or world.terminal_id
    caller = msgspec.structs.replace(await world._sign_in(role, terminal_id, driver_id), via=VIA)
    token = mint(world, caller, held(role) if scopes is None else scopes)
    async with http(world, {"Authorization": f"Bearer {token}"}) as connection:
        transport = streamable_http_client(URL, http_client=connection)
        async with Client(transport, mode=era, cache=None) as client:
            yield Assistant(client, caller, token)


def http(world: World, headers: Mapping[str, str], *, peer: str = "127.0.0.1") -> httpx2.AsyncClient:
    """Plain HTTP to the mounted server, from the address `peer`."""
    transport = httpx2.ASGITransport(world.api.app, client=(peer, 40_000), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, headers=dict(headers), timeout=30)


async def hire(world: World, employee_id: str, hired_on: str = "2024-01-15", **changes: Any) -> str:
    """A CDL driver taken on over HTTP; returns the id."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    body = {
        "employee_id": employee_id,
        "first_name": "Ana",
        "last_name": "Ruiz",
        "terminal_id": str(world.terminal_id),
        "hired_on": hired_on,
        "profile": {"cdl_class": "A", "interstate": True},
        **changes,
    }
    answer = await client.post("/drivers", json=body)
    assert answer.status_code == 201, answer.text
    driver: str = answer.json()["id"]
    return driver


async def record(world: World, driver: str, requirement: str, obtained_on: str, **more: Any) -> None:
    """Evidence recorded over HTTP."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    body = {"requirement": requirement, "obtained_on": obtained_on, **more}
    answer = await client.post(f"/drivers/{driver}/evidence", json=body)
    assert answer.status_code == 201, answer.text
