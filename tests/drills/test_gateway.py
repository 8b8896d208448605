"""The MCP gateways of a running stack are killed while assistants work: what was not on its way to the dead one goes on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.drills.assistants import TOOL, Assistant, assistant
from tests.drills.stacks import StackUnderTest, new_stack, wait_for

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=()) as found:
        found.up()
        yield found


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
