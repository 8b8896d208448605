"""AI assistants that are connected to a running stack, and call tools through its door."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing, mcp_audience
from tests.drills.stacks import StackUnderTest

MODERN, LEGACY = "2026-07-28", "2025-11-25"
TOOL = "compliance_summary"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "drill", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def message_of(tool: str = TOOL) -> dict[str, Any]:
    """A call of the modern era, but for `jsonrpc`."""
    return {"id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}, "_meta": META}}


def headers_of(tool: str = TOOL) -> dict[str, str]:
    """The headers such a call must have."""
    return {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}


@dataclass
class Assistant:
    """A connected client of a person of its own."""

    stack: StackUnderTest
    token: str
    session: UUID
    mcp_session: str = ""
    statuses: list[int] = field(default_factory=list)

    def post(self, message: dict[str, Any], **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One message on a connection of its own."""
        base = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=20)
        try:
            all_headers = {**base, "Authorization": f"Bearer {self.token}", **headers}
            connection.request("POST", "/mcp", json.dumps({"jsonrpc": "2.0", **message}), all_headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def call(self, tool: str = TOOL) -> int:
        """A call of the modern era; gives and remembers the status, 0 for an answer that is none."""
        try:
            status, _, body = self.post(message_of(tool), **headers_of(tool))
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        if status == 200:
            assert json.loads(body)["result"]["isError"] is False, body
        self.statuses.append(status)
        return status

    def open_session(self) -> None:
        """The handshake of the legacy era."""
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "drill", "version": "1"}}
        status, headers, body = self.post({"id": 0, "method": "initialize", "params": params})
        assert status == 200, body
        self.mcp_session = str(headers["Mcp-Session-Id"])
        assert self.in_session({"method": "notifications/initialized"}) == 202

    def in_session(self, message: dict[str, Any]) -> int:
        """A message of the session; 0 when the connection broke."""
        try:
            headers = {"MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": self.mcp_session}
            status, _, body = self.post(message, **headers)
        except (OSError, http.client.HTTPException):
            return 0
        assert status != 200 or b'"result"' in body, body
        return status


def assistant(stack: StackUnderTest, scheme: str = "http") -> Assistant:
    """A new safety manager of the demo carrier, with a session; the token is signed with the stack's own key."""
    user, session, via = uuid4(), uuid4(), "mcp:drill"
    statement = f"""
      with c as (select carrier_id from users where email like 'dana.whitfield@%'),
      u as (insert into users (carrier_id, id, email, name, password_hash, role)
        select carrier_id, '{user}', '{user}@drill.example', 'Drill', 'none', 'safety_manager' from c returning carrier_id)
      insert into sessions (carrier_id, id, user_id, via, expires_at)
        select carrier_id, '{session}', '{user}', '{via}', now() + interval '1 hour' from u returning carrier_id"""
    (row,) = asyncio.run(stack.sql(statement))  # the session's foreign key is checked when the statement ends
    url = f"{scheme}://localhost:{stack.port}"
    keys = KeyRing(stack.secret("jwt_signing_keys"), issuer=url, audience=mcp_audience(url))
    caller = Caller(session, user, row["carrier_id"], Role.SAFETY_MANAGER, 1, int(time.time()) + 3000, via=via)
    extra = {"scope": "drivers:read compliance:read", "client_id": "drill"}
    return Assistant(stack, keys.issue(caller, typ=OAUTH_TYPE, extra=extra), session)
