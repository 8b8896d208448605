"""The official SDK's own client finds its way: from a refused request to a token, and from an old token to a new one."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata
from pydantic import AnyUrl

from dot_copilot.core.caller import Role
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.tokens import OAUTH_TYPE
from tests.api.assistants.flow import CALLBACK, PUBLIC, RESOURCE, query_of
from tests.support.mcp_clients import Memory
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def one_origin(world: World) -> Any:
    """The API with an MCP endpoint beside it that does no more than look at the token, as nginx shows them."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/mcp":
            await world.api.app(scope, receive, send)
            return
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        try:
            _, claims = world.worker.assistant_keys.read(token, typ=OAUTH_TYPE)
            status, headers, body = 200, [], claims["scope"].encode()
        except Unauthorized:
            challenge = f'Bearer resource_metadata="{PUBLIC}/.well-known/oauth-protected-resource/mcp"'
            status, headers, body = 401, [(b"www-authenticate", challenge.encode())], b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


class Person:
    """Somebody at a browser who says yes to everything they may."""

    def __init__(self, client: httpx.AsyncClient, browser: httpx2.AsyncClient) -> None:
        self.client, self.browser, self.given, self.asked = client, browser, dict[str, str](), 0

    async def open(self, url: str) -> None:
        """The consent page, and the answer."""
        self.asked += 1
        page = await self.browser.get(url)
        request = query_of(page.headers["location"])["request"]
        shown = (await self.client.get(f"/assistants/requests/{request}")).json()
        scopes = [scope["scope"] for scope in shown["scopes"] if scope["allowed"]]
        answer = await self.client.post(f"/assistants/requests/{request}/approve", json={"scopes": scopes})
        self.given = query_of(answer.json()["redirect_to"])

    async def come_back(self) -> AuthorizationCodeResult:
        """What the redirect brought."""
        return AuthorizationCodeResult(**{name: self.given[name] for name in ("code", "state", "iss")})


async def test_the_sdks_client_connects_and_refreshes(world: World) -> None:
    app, storage = one_origin(world), Memory()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as browser:
        person = Person(await world.as_role(Role.SAFETY_MANAGER), browser)
        metadata = OAuthClientMetadata(client_name="SDK", redirect_uris=[AnyUrl(CALLBACK)])

        provider = OAuthClientProvider(RESOURCE, metadata, storage, person.open, person.come_back)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), auth=provider) as client:
            answer = await client.post(RESOURCE, json={})
            assert answer.status_code == 200, answer.text
            assert "drivers:read" in answer.text.split()
            first = storage.tokens
            assert first is not None
            assert first.refresh_token is not None
            provider.context.token_expiry_time = 1.0
            assert (await client.post(RESOURCE, json={})).status_code == 200
        assert storage.tokens is not None
        assert storage.tokens.access_token != first.access_token
        assert storage.tokens.refresh_token != first.refresh_token
        assert person.asked == 1, "a refresh asks nobody"
