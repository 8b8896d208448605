"""Over time: lists that survive a start without their upstream, people whose sign-in ends, approvals, and processes that stop."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from valkey.asyncio import Valkey

from dot_copilot.compose import secret_store
from dot_copilot.mcp.gateway import streams
from dot_copilot.mcp.gateway.catalogue.snapshot import RedisSnapshots
from dot_copilot.mcp.gateway.config import parse
from dot_copilot.mcp.gateway.upstreams.base import Fetched
from dot_copilot.mcp.gateway.wire import sse
from tests.support.mcp_client import Client, modern
from tests.support.mcp_gateway import Served, two_upstreams
from tests.support.servers import Servers


def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)
    return found


class Kept:
    """A snapshot store in memory, with one upstream's lists."""

    def __init__(self) -> None:
        self.kept = {"one": Fetched(tools=[{"name": "kept", "inputSchema": {"type": "object"}}], capabilities={"tools": {}})}

    async def load(self, upstream: str) -> Fetched | None:
        return self.kept.get(upstream)

    async def save(self, upstream: str, fetched: Fetched) -> None:
        self.kept[upstream] = fetched


def test_a_start_without_the_upstream_has_its_last_good_lists() -> None:
    config = parse({"upstream": [{"name": "one", "transport": "http", "url": "http://127.0.0.1:9/mcp"}]})
    with Served(config, snapshots=Kept()) as served, Client(served.url) as client:
        assert served.guard.states == {"one": "down"}
        assert "kept" in [tool["name"] for tool in client.ask("tools/list").json()["result"]["tools"]]
        called = client.call("kept")
        assert called["error"]["data"]["upstream"] == "one"
        assert "Nothing was sent" in called["error"]["message"]


def test_two_upstreams_with_one_name_are_told_apart_by_their_report(everything: str, second: str) -> None:
    upstreams = [{"name": name, "transport": "http", "url": url} for name, url in (("first", everything), ("later", second))]
    with Served(parse({"upstream": upstreams})) as served, Client(served.url) as client:
        said = "The tool 'test_simple_text' of upstream 'later' is left out: upstream 'first' already offers one of this name."
        until(lambda: said in served.guard.details["later"])
        assert served.guard.details["first"] == ""
        assert client.call("test_simple_text")["result"]["content"][0]["text"].startswith("This is a simple text")
        assert client.call("echo", {"text": "the rest works"})["result"]["content"][0]["text"] == "the rest works"


@pytest.mark.asyncio
async def test_snapshots_are_kept_in_redis_and_missed_by_nobody(servers: Servers) -> None:
    settings = servers.settings
    password = await secret_store(settings).get("valkey_password")
    good = Valkey(host=settings.valkey_host, port=settings.valkey_port, password=password)
    dead = Valkey(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    lists = Fetched(tools=[{"name": "a"}], capabilities={"tools": {}}, instructions="x")
    try:
        assert await RedisSnapshots(good).load("nobody") is None
        await RedisSnapshots(good).save("test-one", lists)
        assert await RedisSnapshots(good).load("test-one") == lists
        await good.set("mcp:catalogue:test-two", b"damaged")
        assert await RedisSnapshots(good).load("test-two") is None
        await RedisSnapshots(dead).save("test-one", lists)
        assert await RedisSnapshots(dead).load("test-one") is None
    finally:
        await good.aclose()
        await dead.aclose()


@pytest.fixture
def served(everything: str, second: str) -> Iterator[Served]:
    """A gateway of each test's own, for it is stopped or changed."""
    with Served(two_upstreams(everything, second)) as served:
        yield served


@contextmanager
def stream(
    method: str, url: str, headers: dict[str, str], body: bytes | None
) -> Iterator[tuple[list[dict[str, Any]], threading.Event]]:
    """An open stream: its messages, and whether it has ended without being cut off."""
    found: list[dict[str, Any]] = []
    ended, opened = threading.Event(), threading.Event()

    def read() -> None:
        lines = {**headers, "authorization": "Bearer 1"}
        with (
            httpx.Client(trust_env=False, timeout=20) as http,
            http.stream(method, url, headers=lines, content=body) as opened_stream,
        ):
            for line in opened_stream.iter_lines():
                opened.set()
                if line.startswith("data:") and line.removeprefix("data:").strip():
                    found.append(json.loads(line.removeprefix("data:")))
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    assert opened.wait(10)
    yield found, ended


def listen(served: Served) -> Any:
    headers, body = modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, 9)
    return stream("POST", served.url, headers, body)


def get(served: Served) -> Any:
    with Client(served.url) as client:
        headers = {"accept": "text/event-stream", "mcp-session-id": client.initialize()}
    return stream("GET", served.url, headers, None)


@pytest.mark.parametrize("opening", [listen, get])
def test_a_stream_ends_with_its_sign_in(
    served: Served, opening: Callable[[Served], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_SECONDS", 0.2)
    with opening(served) as (_, ended):
        assert not ended.wait(0.6)
        served.guard.ended.add(b"Bearer 1")
        assert ended.wait(5)


@pytest.mark.parametrize("opening", [listen, get])
def test_approvals_are_news(served: Served, opening: Callable[[Served], Any]) -> None:
    with opening(served) as (found, _):
        served.soon(served.gateway.policy_changed)
        until(lambda: any(one.get("method") == "notifications/tools/list_changed" for one in found))


def test_streams_end_gracefully_when_the_process_stops(everything: str, second: str) -> None:
    config = two_upstreams(everything, second)
    with Served(config) as served, listen(served) as (found, ended), get(served) as (_, also_ended):
        started = time.monotonic()
        served.stop()
        assert ended.wait(5)
        assert also_ended.wait(5)
        assert time.monotonic() - started < 5
    assert found[-1]["id"] == 9
    assert found[-1]["result"]["_meta"] == {"io.modelcontextprotocol/subscriptionId": 9}


def test_idle_connections_do_not_stay(served: Served) -> None:
    pool = served.upstreams[1].pool

    def call() -> None:
        with Client(served.url) as client:
            assert client.call("second_slow", {"seconds": 0.3})["result"]

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    until(lambda: pool.connections >= 8)
    for thread in threads:
        thread.join()
    until(lambda: pool.connections <= 2, 12)  # what is left watches the upstream's lists


def test_a_reader_that_has_fallen_asleep_is_let_go() -> None:
    queue: streams.Outgoing = asyncio.Queue(3)
    for number in range(5):
        streams.put(queue, sse.write(b"%d" % number))
    held = [queue.get_nowait() for _ in range(queue.qsize())]
    assert None in held, "the stream ends instead of growing"
