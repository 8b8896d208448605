"""GitHub's server over HTTP, as containers have it: what it is shown when the gateway asks, and when a person does.

A stand-in answers as `github-mcp-server http` does (pkg/http/middleware/token.go): 401 without a token, 400 for what has not the
form of one of GitHub's.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Exchange, UpstreamError
from dot_copilot.mcp.gateway.upstreams.github_http import GithubHttpUpstream
from dot_copilot.mcp.gateway.upstreams.make import make
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")
FORMS = ("ghp_", "github_pat_", "gho_", "ghu_", "ghs_")
TOOL = {"name": "get_me", "description": "Who am I", "inputSchema": {"type": "object"}}


class StandIn(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        server: Any = self.server
        server.seen.append((message["method"], token))
        if not token:
            return self._answer(401, b"Unauthorized")
        if not token.startswith(FORMS):
            return self._answer(400, b"bad request: Authorization header is badly formatted")
        if "id" not in message:
            return self._answer(202, b"")
        results: dict[str, Any] = {
            "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "github"}},
            "tools/list": {"tools": [TOOL]},
            "tools/call": {"content": [{"type": "text", "text": token}]},
        }
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        known = message["method"] in results
        body |= {"result": results[message["method"]]} if known else {"error": {"code": -32601, "message": "unknown"}}
        return self._answer(200, json.dumps(body).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def github() -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), StandIn)
    server.daemon_threads = True
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def upstream(github: Any) -> GithubHttpUpstream:
    made = make(
        UpstreamConfig(name="github", transport="http", url=f"http://127.0.0.1:{github.server_port}/", credential="github")
    )
    assert isinstance(made, GithubHttpUpstream)
    return made


async def test_its_tools_are_listed_without_anybodys_token(github: Any) -> None:
    asked = upstream(github)
    fetched = await asked.fetch()
    await asked.stop()
    assert [tool["name"] for tool in fetched.tools] == ["get_me"]
    assert {token for _, token in github.seen} == {"github_pat_none"}, "a word that opens nothing"


async def test_a_persons_call_brings_the_persons_token_and_no_other(github: Any) -> None:
    asked = upstream(github)
    await asked.fetch()
    github.seen.clear()
    for token in ("github_pat_anna", "ghp_bert"):
        reply = await asked.exchange(Exchange("tools/call", {"name": "get_me", "arguments": {}}, credential=token))
        assert reply.result is not None
        assert reply.result["content"][0]["text"] == token
    await asked.stop()
    assert {token for _, token in github.seen} == {"github_pat_anna", "ghp_bert"}


async def test_without_a_token_nothing_is_sent(github: Any) -> None:
    asked = upstream(github)
    await asked.fetch()
    github.seen.clear()
    with pytest.raises(UpstreamError, match="no GitHub token is attached"):
        await asked.exchange(Exchange("tools/call", {"name": "get_me", "arguments": {}}))
    await asked.stop()
    assert github.seen == []
