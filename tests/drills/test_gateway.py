"""The MCP gateways of a running stack are killed while assistants work: what was not on its way to the dead one goes on."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing, mcp_audience
from tests.drills.stacks import StackUnderTest, new_stack, wait_for

pytestmark = pytest.mark.drill
MODERN, LEGACY = "2026-07-28", "2025-11-25"
TOOL = "compliance_summary"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "drill", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=()) as found:
        found.up()
        yield found


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
        params = {"name": tool, "arguments": {}, "_meta": META}
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        try:
            status, _, body = self.post({"id": 1, "method": "tools/call", "params": params}, **headers)
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


def assistant(stack: StackUnderTest) -> Assistant:
    """A new safety manager of the demo carrier, with a session; the token is signed with the stack's own key."""
    user, session, via = uuid4(), uuid4(), "mcp:drill"
    statement = f"""
      with c as (select carrier_id from users where email like 'dana.whitfield@%'),
      u as (insert into users (carrier_id, id, email, name, password_hash, role)
        select carrier_id, '{user}', '{user}@drill.example', 'Drill', 'none', 'safety_manager' from c returning carrier_id)
      insert into sessions (carrier_id, id, user_id, via, expires_at)
        select carrier_id, '{session}', '{user}', '{via}', now() + interval '1 hour' from u returning carrier_id"""
    (row,) = asyncio.run(stack.sql(statement))  # the session's foreign key is checked when the statement ends
    url = f"http://localhost:{stack.port}"
    keys = KeyRing(stack.secret("jwt_signing_keys"), issuer=url, audience=mcp_audience(url))
    caller = Caller(session, user, row["carrier_id"], Role.SAFETY_MANAGER, 1, int(time.time()) + 3000, via=via)
    extra = {"scope": "drivers:read compliance:read", "client_id": "drill"}
    return Assistant(stack, keys.issue(caller, typ=OAUTH_TYPE, extra=extra), session)


def working(assistants: list[Assistant], step: Callable[[Assistant], object], during: Callable[[], None]) -> None:
    """Every assistant works, one call after the other, while something happens and for a moment after it."""
    over = threading.Event()
    failures: list[BaseException] = []

    def work(one: Assistant) -> None:
        try:
            while not over.wait(0.05):
                step(one)
        except BaseException as error:  # noqa: BLE001 - shown by the test itself
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in assistants]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        during()
        time.sleep(1)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failures, failures


def kill(stack: StackUnderTest, name: str) -> None:
    """Kills a gateway and waits until it is back."""
    before = stack.parts()[name]
    os.kill(before["pid"], signal.SIGKILL)
    wait_for(f"{name} is back", lambda: stack.parts()[name]["restarts"] > before["restarts"] and stack.ready(), 60)


def test_only_calls_on_their_way_to_the_dead_gateway_are_lost(stack: StackUnderTest) -> None:
    assistants = [assistant(stack) for _ in range(6)]
    assert [one.call() for one in assistants] == [200] * 6
    working(assistants, Assistant.call, lambda: kill(stack, "gateway-1"))
    statuses = [status for one in assistants for status in one.statuses]
    lost = [status for status in statuses if status != 200]
    assert len(statuses) > 60
    assert len(lost) <= len(assistants), f"more than one in flight each: {lost}"
    assert set(lost) <= {502}, "what may have run is said to have failed, never repeated"
    answered = len(statuses) - len(lost)
    sessions = ", ".join(f"'{one.session}'" for one in assistants)
    question = f"""select count(*) calls, count(distinct details ->> 'call') "distinct" from audit_log l
        where action = 'assistant.call' and actor_id in (select user_id from sessions where id in ({sessions}))"""

    def recorded() -> tuple[int, int]:
        (row,) = asyncio.run(stack.sql(question))
        return row["calls"], row["distinct"]

    wait_for("every answered call is in the audit log", lambda: recorded()[0] >= answered, 20)
    calls, distinct = recorded()
    assert calls == distinct, "none is there twice"
    assert calls <= len(statuses)


def test_a_legacy_session_goes_on_though_each_gateway_dies_once(stack: StackUnderTest) -> None:
    one = assistant(stack)
    one.open_session()
    message = {"id": 7, "method": "tools/call", "params": {"name": TOOL, "arguments": {}}}
    assert one.in_session(message) == 200
    seen: list[int] = []

    def step(session: Assistant) -> None:
        seen.append(session.in_session(message))

    for name in ("gateway-1", "gateway-2"):
        working([one], step, lambda name=name: kill(stack, name))  # type: ignore[misc]
    assert len(seen) > 20
    lost = [status for status in seen if status != 200]
    assert len(lost) <= 2, f"one in flight at each death: {lost}"
    assert 404 not in lost, "the session is known to every gateway"


def test_a_disconnected_client_is_refused_by_both(stack: StackUnderTest) -> None:
    one = assistant(stack)
    assert {one.call() for _ in range(6)} == {200}
    asyncio.run(stack.sql(f"update sessions set revoked_at = now() where id = '{one.session}'"))
    with stack.cache() as cache:
        assert cache.publish("mcp:ended", json.dumps([str(one.session)])) == 2
    time.sleep(0.2)
    assert {one.call() for _ in range(6)} == {401}


def test_with_valkey_hung_the_database_vouches_for_each_request(stack: StackUnderTest) -> None:
    one = assistant(stack)
    assert one.call() == 200
    pid = stack.parts()["valkey"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(3)
        assert {one.call() for _ in range(4)} == {200}
        asyncio.run(stack.sql(f"update sessions set revoked_at = now() where id = '{one.session}'"))
        assert {one.call() for _ in range(4)} == {401}, "nobody could tell the gateways, so they asked"
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for("everything is ready", stack.ready, 30)
    assert assistant(stack).call() == 200
