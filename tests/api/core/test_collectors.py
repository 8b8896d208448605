"""A destination of telemetry that is away, slow, silent or refuses: no request is slowed or lost, and drops are counted."""

from __future__ import annotations

import asyncio
import re
import time

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.support.api_process import api_process
from tests.support.collector import running_collector
from tests.support.servers import Servers, free_port
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
REQUESTS, CLIENTS = 400, 8
WAITED = 1500
"""Milliseconds that a request takes at the least when it waits for the least bad of these destinations, the slow one."""
KEY = "11111111-2222-3333-4444-555555555555"


async def latencies(base: str, world: World) -> list[float]:
    """Milliseconds of so many reads of one driver; each must be answered well."""
    driver = await world.add_driver()
    token = (await world.as_role(Role.SAFETY_MANAGER)).headers["Authorization"]
    found: list[float] = []

    async def work(client: httpx.AsyncClient) -> None:
        for _ in range(REQUESTS // CLIENTS):
            began = time.perf_counter()
            answer = await client.get(f"/api/v1/drivers/{driver}", headers={"Authorization": token})
            found.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200

    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=10) as client:
        await asyncio.gather(*(work(client) for _ in range(CLIENTS)))
    return sorted(found)


async def dropped(port: int, seconds: float) -> float:
    """How many spans have been dropped, once there are any, or after `seconds`."""
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            counts = re.findall(r'^dot_telemetry_dropped_total{signal="traces",reason="\w+"} (\S+)', text, re.MULTILINE)
            if (total := sum(map(float, counts))) or time.monotonic() > deadline:
                return total
            await asyncio.sleep(0.3)


@pytest.mark.parametrize(
    ("kind", "mood"),
    [(kind, mood) for kind in ("otlp", "azure") for mood in ("down", "refuses", "silent", "slow")],
)
async def test_a_bad_destination_costs_no_request_anything(servers: Servers, world: World, kind: str, mood: str) -> None:
    port = free_port()
    with running_collector(mood) as bad:  # type: ignore[arg-type]
        settings = {
            "DOT_TELEMETRY": kind,
            "DOT_TRACE_RATIO": "1",
            "DOT_METRICS_PORT": str(port),
            "OTEL_EXPORTER_OTLP_ENDPOINT": bad.url,
            "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={KEY};IngestionEndpoint={bad.url}/",
        }
        with api_process(servers, **settings) as base:
            await asyncio.sleep(1)
            found = await latencies(base, world)
            assert len(found) == REQUESTS
            assert found[len(found) // 2] < WAITED / 4, "the median does not know of it"
            assert found[-1] < WAITED, "and nobody waited for it"
            if mood != "slow":  # which takes everything in the end
                assert await dropped(port, 15) > 0
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 9, "nor does the end of the process wait for it"
