"""An MCP server that wants a token, and the authorization server that grants it, as one small HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from aiohttp import web
from mcp.client.auth import AuthorizationCodeResult

from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.oauth_client.build import Person
from tests.support.servers import free_port

VERSION = "2026-07-28"


@dataclass
class Grantor:
    """What it has granted, and what was asked of it. Refresh tokens are good for one use."""

    base: str = ""
    lifetime: int = 3600
    tokens: dict[str, set[str]] = field(default_factory=dict)
    refresh: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    iss: str | None = None

    @property
    def grants(self) -> list[str]:
        """The kinds of token requests, in order."""
        return [one["grant_type"] for one in self.asked]

    def revoke_access(self) -> None:
        self.tokens.clear()

    async def resource(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"resource": f"{self.base}/mcp", "authorization_servers": [self.base], "scopes_supported": ["read"]}
        )

    async def server(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.base,
                "authorization_endpoint": f"{self.base}/authorize",
                "token_endpoint": f"{self.base}/elsewhere/token",
                "registration_endpoint": f"{self.base}/register",
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def register(self, request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response({**body, "client_id": "gateway", "token_endpoint_auth_method": "none"}, status=201)

    async def authorize(self, request: web.Request) -> web.Response:
        query, code = dict(request.query), secrets.token_hex(8)
        self.codes[code] = query
        answer = urlencode({"code": code, "state": query["state"], "iss": self.iss or self.base})
        raise web.HTTPFound(f"{query['redirect_uri']}?{answer}")

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        await asyncio.sleep(0.05)
        if form["grant_type"] == "authorization_code":
            scopes = set(self.codes.pop(form["code"]).get("scope", "").split())
        elif (scopes_left := self.refresh.pop(form["refresh_token"], None)) is not None:
            scopes = scopes_left
        else:
            return web.json_response({"error": "invalid_grant"}, status=400)
        access, again = f"at-{secrets.token_hex(8)}", f"rt-{secrets.token_hex(8)}"
        self.tokens[access], self.refresh[again] = scopes, scopes
        body = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime, "refresh_token": again}
        return web.json_response(body | {"scope": " ".join(sorted(scopes))})

    async def mcp(self, request: web.Request) -> web.Response:
        message = await request.json()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        name = message.get("params", {}).get("name", "")
        self.seen.append((f"{message['method']} {name}".strip(), token))
        if token not in self.tokens:
            return self._refused(401, 'scope="read"')
        if name == "write" and "write" not in self.tokens[token]:
            return self._refused(403, 'error="insufficient_scope", scope="write"')
        return web.json_response({"jsonrpc": "2.0", "id": message["id"], "result": self._result(message["method"])})

    def _refused(self, status: int, more: str) -> web.Response:
        where = f"{self.base}/.well-known/oauth-protected-resource/mcp"
        return web.json_response({}, status=status, headers={"WWW-Authenticate": f'Bearer {more}, resource_metadata="{where}"'})

    def _result(self, method: str) -> dict[str, Any]:
        if method == "server/discover":
            return {"resultType": "complete", "supportedVersions": [VERSION], "capabilities": {"tools": {}}, "serverInfo": {}}
        if method == "tools/list":
            tools = [{"name": name, "inputSchema": {"type": "object"}} for name in ("read", "write")]
            return {"resultType": "complete", "tools": tools, "ttlMs": 0, "cacheScope": "private"}
        return {"resultType": "complete", "content": [{"type": "text", "text": "done"}]}


@contextlib.asynccontextmanager
async def running_grantor() -> AsyncIterator[Grantor]:
    """The server, on a free port."""
    grantor, app, port = Grantor(), web.Application(), free_port()
    grantor.base = f"http://127.0.0.1:{port}"
    app.router.add_get("/.well-known/oauth-protected-resource/mcp", grantor.resource)
    app.router.add_get("/.well-known/oauth-authorization-server", grantor.server)
    app.router.add_post("/register", grantor.register)
    app.router.add_get("/authorize", grantor.authorize)
    app.router.add_post("/elsewhere/token", grantor.token)
    app.router.add_post("/mcp", grantor.mcp)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield grantor
    finally:
        await runner.cleanup()


def config_of(grantor: Grantor, **members: Any) -> UpstreamConfig:
    """The configuration of an upstream at this server."""
    return UpstreamConfig(name="elsewhere", transport="http", url=f"{grantor.base}/mcp", credential="oauth", **members)


def consenting() -> Person:
    """Somebody whose browser consents at once."""
    came: list[str] = []

    async def sent_to(url: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=False) as browser:
            came.append((await browser.get(url)).headers["location"])

    async def answer() -> AuthorizationCodeResult:
        found = {name: values[0] for name, values in parse_qs(urlsplit(came[-1]).query).items()}
        return AuthorizationCodeResult(code=found["code"], state=found["state"], iss=found.get("iss"))

    return Person(sent_to, answer)
