"""The door counts what goes through it, and tells nobody outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dot_copilot.stack import binaries
from tests.unit.stack.doors import Door, open_door


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    root = Path(tempfile.mkdtemp(prefix="dot-copilot-door-"))
    root.chmod(0o755)
    with open_door(root) as found:
        yield found
    shutil.rmtree(root)


def metrics(door: Door) -> dict[str, float]:
    """Every series and its value."""
    status, headers, body = door.ask("GET", "/metrics", port=door.metrics_port)
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    pairs = (line.rpartition(" ") for line in body.decode().splitlines() if not line.startswith("#"))
    return {series: float(value) for series, _, value in pairs}


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {series: value - before[series] for series, value in after.items() if value != before[series]}


def requests(place: str, status: str) -> str:
    return f'nginx_requests_total{{place="{place}",status="{status}"}}'


def test_every_place_and_kind_of_answer_is_counted(door: Door) -> None:
    before = metrics(door)
    assert before[requests("api", "5xx")] == 0, "a series is there before its first event, or nobody would see that one"
    for method, path in (
        ("GET", "/"),
        ("GET", "/drivers/7"),
        ("GET", "/assets/none"),
        ("GET", "/api/v1/x"),
        ("POST", "/api/v1/die"),
    ):
        door.ask(method, path)
    door.ask("GET", "/mcp")
    door.ask("GET", "/oauth/x")
    door.ask("GET", "/metrics")
    counts = {series: value for series, value in grown(before, metrics(door)).items() if series.startswith("nginx_requests")}
    assert counts == {
        requests("web", "2xx"): 2,
        requests("web", "4xx"): 1,
        requests("api", "2xx"): 1,
        requests("api", "5xx"): 1,
        requests("mcp", "2xx"): 1,
        requests("oauth", "2xx"): 1,
        requests("other", "4xx"): 1,
    }


def test_durations_are_a_histogram(door: Door) -> None:
    before = metrics(door)
    door.ask("POST", "/mcp", b"{}", {"Mcp-Method": "listen"})  # lasts half a second and more
    found = grown(before, metrics(door))

    def bucket(edge: str) -> float:
        return found.get(f'nginx_request_duration_seconds_bucket{{place="mcp",le="{edge}"}}', 0)

    assert (bucket("0.25"), bucket("2.5"), bucket("+Inf")) == (0, 1, 1)
    assert found['nginx_request_duration_seconds_count{place="mcp"}'] == 1
    assert 0.4 < found['nginx_request_duration_seconds_sum{place="mcp"}'] < 2.5


def test_attempts_that_failed_are_counted_though_the_next_one_served(door: Door) -> None:
    """One of the two upstreams is not there: each request that met it first was served by the other."""
    before = metrics(door)
    assert {door.ask("GET", "/api/v1/x")[0] for _ in range(10)} == {200}
    failed = grown(before, metrics(door))['nginx_upstream_errors_total{upstream="api"}']
    assert 3 <= failed <= 10


def test_probes_are_not_counted(door: Door) -> None:
    before = metrics(door)
    door.ask("GET", "/healthz")
    door.ask("GET", "/readyz")
    assert grown(before, metrics(door)) == {}


def test_nobody_outside_can_ask(door: Door) -> None:
    for path in ("/metrics", "/metrics/", "/%6detrics", "//metrics", "/x/../metrics"):
        status, _, body = door.ask("GET", path)
        assert b"nginx_up" not in body, path
        assert status in (404, 200), "nothing, or a page of the application"
    assert door.ask("GET", "/metrics", headers={"Host": "evil.example"}, port=door.metrics_port)[0] == 421
    assert door.ask("GET", "/", port=door.metrics_port)[0] == 404
    configuration = (door.home.nginx / "nginx.conf").read_text()
    assert all(address.startswith("127.0.0.1:") for address in re.findall(r"listen (\S+?)[; ]", configuration))


def test_promtool_has_nothing_to_say(door: Door) -> None:
    try:
        program = binaries.monitoring("promtool")
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))
    body = door.ask("GET", "/metrics", port=door.metrics_port)[2]
    checked = subprocess.run([program, "check", "metrics"], input=body, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
