"""Instruments as text, and the port on which they are served."""

from __future__ import annotations

import asyncio
import subprocess

import httpx
import pytest

from dot_copilot.adapters.telemetry.listener import MetricsListener
from dot_copilot.adapters.telemetry.openmetrics import OPENMETRICS_TYPE, PROMETHEUS_TYPE, render, series_count
from dot_copilot.core.telemetry import Registry
from dot_copilot.stack import binaries
from tests.support.servers import free_port


def filled() -> Registry:
    registry = Registry()
    registry.counter("dot_calls_total", 'Calls, "all" of\nthem.', ("tool",)).add('a"b\\c\nd', amount=3)
    registry.gauge("dot_sessions", "Sessions.").labels().set(2.5)
    seconds = registry.histogram("dot_seconds", "Seconds.", ("route",), bounds=(0.1, 1.0)).labels("/x")
    seconds.observe(0.05)
    seconds.observe(0.5, "ab" * 16)
    seconds.observe(7)
    return registry


def test_the_older_format_has_no_exemplars() -> None:
    assert render(filled(), openmetrics=False).splitlines() == [
        '# HELP dot_calls_total Calls, "all" of\\nthem.',
        "# TYPE dot_calls_total counter",
        'dot_calls_total{tool="a\\"b\\\\c\\nd"} 3.0',
        "# HELP dot_seconds Seconds.",
        "# TYPE dot_seconds histogram",
        'dot_seconds_bucket{route="/x",le="0.1"} 1',
        'dot_seconds_bucket{route="/x",le="1.0"} 2',
        'dot_seconds_bucket{route="/x",le="+Inf"} 3',
        'dot_seconds_count{route="/x"} 3',
        'dot_seconds_sum{route="/x"} 7.55',
        "# HELP dot_sessions Sessions.",
        "# TYPE dot_sessions gauge",
        "dot_sessions 2.5",
    ]


def test_openmetrics_has_exemplars_and_an_end() -> None:
    lines = render(filled(), openmetrics=True).splitlines()
    assert "# TYPE dot_calls counter" in lines
    bucket = next(line for line in lines if 'le="1.0"' in line)
    assert bucket.startswith('dot_seconds_bucket{route="/x",le="1.0"} 2 # {trace_id="' + "ab" * 16 + '"} 0.5 ')
    assert lines[-1] == "# EOF"


def test_the_number_of_series_is_that_of_the_lines() -> None:
    registry = filled()
    lines = [line for line in render(registry, openmetrics=False).splitlines() if not line.startswith("#")]
    assert series_count(registry) == len(lines)


def test_prometheus_finds_nothing_wrong_with_it() -> None:
    try:
        program = binaries.monitoring("promtool")
    except binaries.BinaryMissingError as missing:
        pytest.skip(str(missing))
    text = render(filled(), openmetrics=False)
    checked = subprocess.run([program, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert "error" not in checked.stderr.lower(), checked.stderr
    assert checked.returncode in (0, 3), checked.stderr  # 3: remarks of style


@pytest.mark.asyncio
async def test_it_is_served_on_a_port_of_its_own_and_nothing_else_is() -> None:
    port = free_port()
    listener = MetricsListener(filled(), port)
    await listener.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        plain = await client.get("/metrics")
        assert plain.headers["content-type"] == PROMETHEUS_TYPE
        accept = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5"
        newer = await client.get("/metrics", headers={"Accept": accept})
        assert newer.headers["content-type"] == OPENMETRICS_TYPE
        assert newer.text.endswith("# EOF\n")
        for method, path in [("GET", "/"), ("POST", "/metrics"), ("GET", "/metrics/x"), ("DELETE", "/")]:
            assert (await client.request(method, path)).status_code == 404
    await listener.stop()
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.asyncio
async def test_nonsense_gets_no_answer_and_a_taken_port_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    first = MetricsListener(filled(), port)
    await first.start()
    second = MetricsListener(filled(), port)
    await second.start()
    assert "metrics are not served" in caplog.text
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"x" * 100_000)
    assert await reader.read() == b""
    writer.close()
    await second.stop()
    await first.stop()
