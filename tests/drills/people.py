"""People and assistants at work on a running stack, at a steady rate and over HTTP: nothing but success counts as one.

Somebody whose token is about to end renews it, as the web application and MCP clients do. Whoever is refused has been signed
out, and that is a failure too.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt

from tests.drills.assistants import LEGACY, TOOL, headers_of, message_of
from tests.support.consent import Person

READS = ("/drivers?limit=50", "/compliance/summary", "/me")
_RETURN = "http://127.0.0.1:9/back"


@dataclass(frozen=True)
class Done:
    """What was done, when (monotonic), how many seconds it took, and the status of the answer (0: none)."""

    what: str
    at: float
    seconds: float
    status: int
    why: str = ""

    @property
    def failed(self) -> bool:
        return not 200 <= self.status < 300


def kid_of(token: str) -> str:
    """Which key has signed it."""
    return str(jwt.get_unverified_header(token)["kid"])


@dataclass
class Crowd:
    """`readers` people, one who signs in anew every two seconds, and two assistants, in a thread of their own."""

    url: str
    account: dict[str, str]
    life: float
    """Seconds that a token is good for; it is renewed when two thirds of them are over."""
    readers: int = 6
    done: list[Done] = field(default_factory=list)
    kids: dict[str, set[str]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _error: list[BaseException] = field(default_factory=list)

    def start(self) -> Crowd:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._error:
            raise self._error[0]

    def failures(self) -> list[Done]:
        return [one for one in self.done if one.failed]

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except BaseException as error:  # noqa: BLE001 - raised where the crowd is stopped
            self._error.append(error)

    async def _all(self) -> None:
        readers = [self._reader(number) for number in range(self.readers)]
        await asyncio.gather(*readers, self._newcomer(), *(self._assistant(number) for number in range(2)))

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False)

    async def _ask(self, what: str, asking: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await asking()
        except httpx.HTTPError as error:
            self.done.append(Done(what, began, time.monotonic() - began, 0, type(error).__name__))
            return None
        why = "" if answer.is_success else answer.text[:200]
        self.done.append(Done(what, began, time.monotonic() - began, answer.status_code, why))
        return answer

    def _took(self, what: str, answer: httpx.Response | None, before: dict[str, Any]) -> dict[str, Any]:
        """The new tokens, or those of before when there are none."""
        if answer is None or not answer.is_success:
            return before
        tokens: dict[str, Any] = answer.json()
        self.kids.setdefault(what, set()).add(kid_of(tokens["access_token"]))
        return {**before, **tokens, "renew_at": time.monotonic() + self.life * 2 / 3}

    async def _sign_in(self, client: httpx.AsyncClient, what: str) -> dict[str, Any]:
        login = {"email": self.account["email"], "password": self.account["password"]}
        return self._took(what, await self._ask(what, lambda: client.post("/api/v1/auth/login", json=login)), {})

    async def _reader(self, number: int) -> None:
        await asyncio.sleep(number)  # the door lets only so many of one address sign in at once
        async with self._client() as client:
            tokens = await self._sign_in(client, "sign-in")
            assert tokens, self.failures()
            while not self._over.is_set():
                if time.monotonic() > tokens["renew_at"]:
                    answer = await self._ask("refresh", lambda: client.post("/api/v1/auth/refresh"))
                    tokens = self._took("refresh", answer, tokens)
                number += 1
                await self._read(client, tokens, READS[number % len(READS)])
                await asyncio.sleep(0.15)

    async def _read(self, client: httpx.AsyncClient, tokens: dict[str, Any], path: str) -> None:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        await self._ask("read", lambda: client.get(f"/api/v1{path}", headers=bearer))

    async def _newcomer(self) -> None:
        while not self._over.is_set():
            async with self._client() as client:
                tokens = await self._sign_in(client, "sign-in")
                if tokens:
                    await self._read(client, tokens, "/me")
            await asyncio.sleep(2)

    async def _assistant(self, number: int) -> None:
        async with self._client() as client:
            form, tokens = await self._connect(client, f"drill {number}")
            session = await self._open_session(client, tokens)
            while not self._over.is_set():
                if time.monotonic() > tokens["renew_at"]:
                    renewal = {**form, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
                    answer = await self._ask("token renewal", lambda form=renewal: client.post("/oauth/token", data=form))  # type: ignore[misc]
                    tokens = self._took("token renewal", answer, tokens)
                await self._post(client, tokens, "MCP call", message_of(), headers_of())
                in_session = {"MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session}
                call = {"id": 2, "method": "tools/call", "params": {"name": TOOL, "arguments": {}}}
                await self._post(client, tokens, "MCP call in a session", call, in_session)
                await asyncio.sleep(0.3)

    async def _open_session(self, client: httpx.AsyncClient, tokens: dict[str, Any]) -> str:
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "drill", "version": "1"}}
        message = {"id": 0, "method": "initialize", "params": params}
        answer = await self._post(client, tokens, "MCP session", message, {})
        assert answer is not None
        session = str(answer.headers["Mcp-Session-Id"])
        headers = {"MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session}
        await self._post(client, tokens, "MCP session", {"method": "notifications/initialized"}, headers)
        return session

    async def _post(
        self, client: httpx.AsyncClient, tokens: dict[str, Any], what: str, message: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response | None:
        sent = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {tokens['access_token']}", **headers}
        body = {"jsonrpc": "2.0", **message}
        return await self._ask(what, lambda: client.post("/mcp", json=body, headers=sent))

    async def _connect(self, client: httpx.AsyncClient, name: str) -> tuple[dict[str, str], dict[str, Any]]:
        """An assistant's connection, consented to by the person: registration, code with PKCE, tokens."""
        register = {"client_name": name, "redirect_uris": [_RETURN], "token_endpoint_auth_method": "none"}
        register |= {"grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}
        registered = (await client.post("/oauth/register", json=register)).json()
        verifier = secrets.token_urlsafe(40)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        form = {"client_id": registered["client_id"], "resource": f"{self.url}/mcp"}
        asked = {**form, "response_type": "code", "redirect_uri": _RETURN, "state": "x", "code_challenge": challenge}
        asked |= {"code_challenge_method": "S256", "scope": "drivers:read compliance:read offline_access"}
        person = Person.of(self.url, self.account)
        back = await asyncio.to_thread(person.answer, f"{self.url}/oauth/authorize?{urlencode(asked)}")
        code = parse_qs(urlsplit(back).query)["code"][0]
        exchange = {**form, "grant_type": "authorization_code", "code": code, "redirect_uri": _RETURN, "code_verifier": verifier}
        answer = await self._ask("token", lambda: client.post("/oauth/token", data=exchange))
        assert answer is not None, "no token"
        assert answer.is_success, answer.text
        return form, self._took("token", answer, {})


def summary(crowd: Crowd) -> str:
    """A line for each thing that was done: how often, how slow, how many failed."""
    lines = ["what                     requests  failed  p99"]
    for what in sorted({one.what for one in crowd.done}):
        found = [one for one in crowd.done if one.what == what]
        slow = sorted(one.seconds for one in found)[max(0, -(-len(found) * 99 // 100) - 1)]
        lines.append(f"{what:<24} {len(found):>8}  {len([one for one in found if one.failed]):>6}  {slow * 1000:.0f} ms")
    lines += [f"    failed: {one.what} {one.status} {json.dumps(one.why)}" for one in crowd.failures()[:8]]
    return "\n".join(lines)
