"""Calls are counted and followed, whichever way they take through the gateway."""

from __future__ import annotations

import time

import httpx
import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry.standard import HTTP_CLIENT, HTTP_SERVER
from dot_copilot.mcp.gateway.modern import following
from tests.mcp.core.lane_rig import hostile, served, until, wire
from tests.support.gateway_process import gateway_process
from tests.support.mcp_client import Client
from tests.support.mcp_hostile import Hostile
from tests.support.mcp_wire import Wire, post
from tests.support.servers import Servers, free_port

__all__ = ["hostile", "served", "wire"]

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[telemetry.Trace]:
    """The traces that are kept; none by chance."""
    found: list[telemetry.Trace] = []
    monkeypatch.setattr(telemetry.RECORDER, "sink", found.append)
    monkeypatch.setattr(telemetry.RECORDER, "ratio", 0.0)
    monkeypatch.setattr(following, "_budget", following._Budget())
    return found


def upstreams_parent(hostile: Hostile) -> list[str]:
    line = next(line for line in hostile.heads[-1].split("\r\n") if line.startswith("traceparent:"))
    return line.partition(":")[2].strip().split("-")


def test_a_caller_that_keeps_its_part_gets_ours(wire: Wire, hostile: Hostile, kept: list[telemetry.Trace]) -> None:
    wire.send(post("fine", traceparent=f"00-{TRACE}-{SPAN}-01"))
    got = wire.answer()
    assert got.headers["x-request-id"] == TRACE
    until(lambda: kept)
    trace = kept[0]
    assert (trace.trace_id, trace.parent_id, trace.name, trace.kind) == (TRACE, int(SPAN, 16), "POST /mcp", telemetry.SERVER)
    assert trace.attributes is not None
    assert (trace.attributes["gen_ai.tool.name"], trace.attributes["http.response.status_code"]) == ("fine", 200)
    (asked,) = trace.spans
    assert (asked.name, asked.kind, asked.parent_id) == ("POST one", telemetry.CLIENT, trace.root_id)
    assert trace.started <= asked.started <= asked.ended <= trace.ended
    assert upstreams_parent(hostile) == ["00", TRACE, f"{asked.span_id:016x}", "01"]


def test_the_ordinary_way_tells_the_same(wire: Wire, kept: list[telemetry.Trace]) -> None:
    """A call that arrives in pieces is none for the fast lane."""
    request = post("fine", traceparent=f"00-{TRACE}-{SPAN}-01")
    wire.send(request)
    wire.answer()
    wire.send(request[:-20])
    time.sleep(0.1)
    wire.send(request[-20:])
    wire.answer()
    until(lambda: len(kept) == 2)
    fast, ordinary = kept
    assert ordinary.attributes == fast.attributes
    assert (ordinary.name, ordinary.carrier_id) == (fast.name, fast.carrier_id)
    assert fast.carrier_id is not None


@pytest.mark.parametrize(
    "given", ["", f"00-{TRACE}-{SPAN}-00", "00-" + "0" * 32 + f"-{SPAN}-01", "nonsense", f"00-{TRACE}-{SPAN}-01-x"]
)
def test_others_have_ids_and_nothing_is_kept(wire: Wire, hostile: Hostile, kept: list[telemetry.Trace], given: str) -> None:
    wire.send(post("fine", 1, **({"traceparent": given} if given else {})))
    request_id = wire.answer().headers["x-request-id"]
    assert (request_id == TRACE) == (given.endswith("-00"))
    version, trace_id, span_id, flags = upstreams_parent(hostile)
    assert (version, trace_id, flags) == ("00", request_id, "00")
    assert span_id not in (SPAN, "0" * 16)
    assert kept == []


def test_what_fails_is_kept_whoever_asked(wire: Wire, kept: list[telemetry.Trace]) -> None:
    wire.send(post("closes"))
    assert wire.answer().message["error"]["code"] == -32603
    until(lambda: kept)
    assert kept[0].failed


@pytest.mark.parametrize("tool", ["streams", "fine"])
def test_a_stream_is_followed_to_its_end(wire: Wire, kept: list[telemetry.Trace], tool: str) -> None:
    wire.send(post(tool, traceparent=f"00-{TRACE}-{SPAN}-01"))
    assert wire.answer().headers["x-request-id"] == TRACE
    until(lambda: kept)
    assert [trace.trace_id for trace in kept] == [TRACE]
    assert (kept[0].seconds > 0.25) == (tool == "streams")


def test_sampled_calls_are_bounded(wire: Wire, kept: list[telemetry.Trace]) -> None:
    began = time.monotonic()
    for _ in range(120):
        wire.send(post("fine", traceparent=f"00-{TRACE}-{SPAN}-01"))
        wire.answer()
    allowed = following.MOST_SAMPLED_PER_SECOND * (1 + time.monotonic() - began)
    assert 0 < len(kept) <= allowed + 1


def test_calls_are_in_the_histograms(wire: Wire) -> None:
    def seen() -> tuple[int, int]:
        list(telemetry.REGISTRY.collect())
        return HTTP_SERVER.labels("POST", "/mcp", "200").count, HTTP_CLIENT.labels("one", "200").count

    before = seen()
    for _ in range(3):
        wire.send(post("fine"))
        wire.answer()
    until(lambda: seen() == (before[0] + 3, before[1] + 3))
    active = telemetry.REGISTRY.find("http_server_active_requests")
    assert active is not None
    assert [series.value for _, series in active.series()] == [0.0]  # type: ignore[union-attr]


# -- the process ----------------------------------------------------------------------------------------------------------------


def metrics(port: int) -> dict[str, float]:
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}


def test_the_process_tells_its_figures_on_a_port_of_their_own(servers: Servers) -> None:
    port = free_port()
    settings = {"DOT_METRICS_PORT": str(port), "DOT_TELEMETRY": "none"}
    with gateway_process(servers, "http://127.0.0.1:9", "gateway-9", **settings) as gateway, Client(gateway.url) as client:
        assert client.ask("tools/list").status_code == 401
        until(lambda: metrics(port).get('dot_mcp_upstream_up{upstream="dot-copilot"}') == 0, 20)
        found = metrics(port)
        assert found["dot_mcp_spool_bytes"] == 0
        assert found["dot_mcp_sessions"] == 0
        assert found["dot_mcp_quarantined"] == 0
        assert 'dot_mcp_breaker_open{upstream="github"}' in found
        name = "http_server_request_duration_seconds_count"
        assert any(
            key.startswith(name) and 'http_response_status_code="401"' in key and 'http_route="/mcp"' in key for key in found
        )
        assert any(key.startswith("dot_build_info") for key in found)
        assert httpx.get(f"{gateway.base}/metrics", trust_env=False).status_code == 404
