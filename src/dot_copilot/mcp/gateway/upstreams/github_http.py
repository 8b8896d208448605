"""GitHub's official MCP server as a service of its own (`github-mcp-server http`): it keeps no token, each request brings one.

It answers nobody without a token, not even who asks what it offers. The gateway's own questions therefore show a word that has
the form of one and opens nothing; GitHub never sees it, because listing asks GitHub nothing.
"""

from __future__ import annotations

from typing import Final

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer

# The form of a fine-grained token: for a classic one the server would ask GitHub for its scopes.
NOBODY: Final = b"authorization: Bearer github_pat_none\r\n"


class GithubHttpUpstream(HttpUpstream):
    """A person's request carries the person's token, or is not sent."""

    async def exchange(self, request: Exchange) -> Reply:
        if request.credential is None:
            raise UpstreamError("refused", "no GitHub token is attached: attach one at Assistants > GitHub")
        return await super().exchange(request)

    def _request(self, lines: bytes, body: bytes) -> bytes:
        return super()._request(_shown(lines), body)

    async def other(self, method: bytes, lines: bytes, timeouts: Timeouts) -> Answer:
        return await super().other(method, _shown(lines), timeouts)


def _shown(lines: bytes) -> bytes:
    """Header lines with an Authorization: the person's, or that of nobody."""
    return lines if b"authorization: " in lines else lines + NOBODY
