"""An HTTP upstream that asks for a token of its own authorization server. The client's token never gets there."""

from __future__ import annotations

from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.oauth_client.authorizer import Authorizer, Challenge
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream, authorization_line
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer

_TRIES = 3


class OAuthHttpUpstream(HttpUpstream):
    """`HttpUpstream` whose requests carry the authorizer's token.

    A request that was refused with 401, or 403 for want of scope, did not run, so it is sent again, twice at most.
    """

    def __init__(self, config: UpstreamConfig, authorizer: Authorizer, breaker: Breaker | None = None) -> None:
        super().__init__(config, breaker)
        self._authorizer = authorizer

    async def stop(self) -> None:
        await super().stop()
        await self._authorizer.close()

    async def post(self, lines: bytes, body: bytes, timeouts: Timeouts | None = None) -> Answer:
        for left in reversed(range(_TRIES)):
            token = await self._authorizer.token()
            answer = await super().post(lines + authorization_line(token), body, timeouts)
            if answer.status not in {401, 403} or not left or not await self._better(answer, token):
                break
        return answer

    async def other(self, method: bytes, lines: bytes, timeouts: Timeouts) -> Answer:
        return await super().other(method, lines + authorization_line(await self._authorizer.token()), timeouts)

    async def _better(self, answer: Answer, token: str) -> bool:
        body = answer.body if answer.complete else b""
        return await self._authorizer.refused(Challenge(answer.status, dict(answer.headers), body, token))
