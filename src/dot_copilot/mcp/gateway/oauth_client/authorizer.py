"""Tokens for one upstream: the present one, a fresh one, or one with more scopes, as its answers ask for."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
from mcp.client.auth.exceptions import OAuthFlowError
from mcp.client.auth.utils import extract_field_from_www_auth, extract_scope_from_www_auth
from msgspec import Struct

from dot_copilot.mcp.gateway.oauth_client.provider import Provider
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError

_SECONDS = 15.0
_EARLY_S, _EARLY_PART = 30.0, 0.2
_MOST_REQUESTS = 25
_MOST_BYTES = 1_000_000
_PERSON_S = 600.0


class Challenge(Struct, frozen=True):
    """An upstream's refusal: 401, or 403 with `insufficient_scope` (RFC 6750), and the token it refused."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    token: str

    def response(self, request: httpx2.Request) -> httpx2.Response:
        """The refusal as the SDK reads it."""
        return httpx2.Response(self.status, headers=list(self.headers.items()), content=self.body, request=request)

    @property
    def wants_scope(self) -> str | None:
        """The scopes of a step-up, "" when it names none; None when it is none."""
        response = self.response(httpx2.Request("POST", "http://unused"))
        if self.status != 403 or extract_field_from_www_auth(response, "error") != "insufficient_scope":
            return None
        return extract_scope_from_www_auth(response) or ""


class Authorizer:
    """Drives the SDK's flow for the gateway's own connections.

    `lock` keeps processes from refreshing one token at the same time. Unless `interactive` is true nobody can be asked:
    then a token is only refreshed, and where that is not enough the error says how to connect the upstream.
    """

    def __init__(
        self,
        name: str,
        url: str,
        provider: Provider,
        *,
        interactive: bool = False,
        lock: Callable[[], AbstractAsyncContextManager[Any]] = contextlib.nullcontext,
    ) -> None:
        self._name, self._url, self._provider = name, url, provider
        self._interactive, self._lock = interactive, lock
        self._client: httpx2.AsyncClient | None = None
        self._turn = asyncio.Lock()
        self._loaded = False
        self._asked_for: set[str] = set()
        self._dead = ""

    async def token(self) -> str:
        """A token that has not expired, "" if there is none; refreshed when it is about to expire."""
        context = self._provider.context
        if not self._loaded:
            async with self._turn:
                await self._provider.load()
                self._loaded = True
        if context.token_expiry_time is not None and context.can_refresh_token():
            lifetime = (context.current_tokens.expires_in if context.current_tokens else None) or 0
            if context.token_expiry_time - time.time() < min(_EARLY_S, lifetime * _EARLY_PART):
                await self._renew(self._present())
        return self._present()

    async def refused(self, challenge: Challenge) -> bool:
        """Get a token that the upstream may like better; False when there is no use in trying again.

        Raises `UpstreamError` "refused" when the authorization server, or a person, is needed and not there.
        """
        scope = challenge.wants_scope
        if challenge.status != 401 and scope is None:
            return False
        if self._present() not in {"", challenge.token}:
            return True  # another request has got a new one meanwhile
        if scope is None:
            if await self._renew(challenge.token):
                return True
        elif scope in self._asked_for:
            return False  # it was granted, and did not help
        if not self._interactive:
            raise UpstreamError("refused", f"{self._name} {_needs(scope)}: {_how(self._name)}")
        if scope is not None:
            self._asked_for.add(scope)
        await self._run(challenge)
        return self._present() not in {"", challenge.token} or scope is not None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _present(self) -> str:
        tokens = self._provider.context.current_tokens
        return tokens.access_token if tokens else ""

    async def _renew(self, old: str) -> bool:
        """Refresh, unless another task or process already has, or somebody has connected the upstream meanwhile."""
        async with self._turn, self._lock():
            await self._provider.load()
            context, present = self._provider.context, self._present()
            if present not in {"", old, self._dead}:
                return True
            if not context.can_refresh_token() or present == self._dead:
                context.clear_tokens()
                return False
            context.token_expiry_time = 1.0
            self._dead = "" if (renewed := await self._flow(None)) else present
            return renewed

    async def _run(self, challenge: Challenge) -> None:
        async with self._turn:
            if self._present() in {"", challenge.token}:
                await self._flow(challenge)

    async def _flow(self, challenge: Challenge | None) -> bool:
        """One run of the SDK's flow; without a challenge it only refreshes. True when there is a token afterwards."""
        request = httpx2.Request("POST", self._url, headers={"mcp-protocol-version": "2025-11-25"})
        flow = self._provider.async_auth_flow(request)
        try:
            async with asyncio.timeout(_PERSON_S if self._interactive else _SECONDS), contextlib.aclosing(flow):
                outgoing = await anext(flow)
                for _ in range(_MOST_REQUESTS):
                    if outgoing is not request:
                        outgoing = await flow.asend(await self._send(outgoing))
                    elif challenge is None or request.headers.get("authorization", "") not in {"", f"Bearer {challenge.token}"}:
                        return "authorization" in request.headers
                    else:
                        outgoing, challenge = await flow.asend(challenge.response(request)), None
        except (OAuthFlowError, httpx2.HTTPError, ValueError, TimeoutError) as error:
            raise UpstreamError("refused", f"{self._name} could not be authorized: {error or type(error).__name__}") from error
        raise UpstreamError("refused", f"{self._name} could not be authorized: its metadata do not end")

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        if not _allowed(request.url, self._url):
            raise OAuthFlowError(f"{request.url.host} is not asked: only https is, and no address of this machine")
        self._client = self._client or httpx2.AsyncClient(timeout=_SECONDS, follow_redirects=False)
        answer = await self._client.send(request, stream=True)
        try:
            return httpx2.Response(answer.status_code, headers=_plain(answer), content=await _body(answer), request=request)
        finally:
            await answer.aclose()


async def _body(answer: httpx2.Response) -> bytes:
    body = b""
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise OAuthFlowError("an answer of the authorization server is too large")
    return body


def _plain(answer: httpx2.Response) -> list[tuple[str, str]]:
    """The headers of an answer whose body has been decoded."""
    return [(name, value) for name, value in answer.headers.items() if name not in {"content-encoding", "content-length"}]


def _allowed(url: httpx2.URL, upstream: str) -> bool:
    """What an upstream names is not ours to trust: https, unless the upstream itself is on this machine."""
    if _is_here(httpx2.URL(upstream).host):
        return url.scheme in {"http", "https"}
    return url.scheme == "https" and not _is_here(url.host) and not _is_private(url.host)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _needs(scope: str | None) -> str:
    return "is not connected" if scope is None else f"asks for more rights ({scope or 'it does not say which'})"


def _how(name: str) -> str:
    return f"an operator connects it with 'python -m dot_copilot.mcp.gateway.oauth_client {name}'"
