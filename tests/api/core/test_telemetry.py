"""The API as telemetry sees it: each request under its route's template, with its statements, and within bounds."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import httpx
import pytest

from dot_copilot.adapters.telemetry.openmetrics import render, series_count
from dot_copilot.adapters.telemetry.spans import flatten
from dot_copilot.app import create_app
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.core.telemetry import RECORDER, REGISTRY, Trace
from dot_copilot.core.telemetry.standard import HTTP_SERVER
from dot_copilot.features.compliance import figures
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def kept() -> Iterator[list[Trace]]:
    """Every trace that ends meanwhile."""
    before = RECORDER.ratio, RECORDER.sink
    found: list[Trace] = []
    RECORDER.ratio, RECORDER.sink = 1.0, found.append
    yield found
    RECORDER.ratio, RECORDER.sink = before


async def test_a_hot_read_is_followed_to_its_statements(world: World, kept: list[Trace]) -> None:
    driver = await world.add_driver()
    client = await world.as_role(Role.SAFETY_MANAGER)
    answer = await client.get(f"/drivers/{driver}", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    assert answer.headers["x-request-id"] == TRACE
    (trace,) = kept
    assert (trace.name, trace.trace_id, trace.carrier_id) == ("GET /api/v1/drivers/{driver_id}", TRACE, world.carrier_id)
    names = [span.name for span in trace.spans]
    assert names[0] == "ENTER"
    assert names[-1] == "COMMIT"
    assert "SELECT drivers" in names


async def test_other_routes_are_known_by_their_full_template(world: World, kept: list[Trace]) -> None:
    driver = await world.add_driver()
    client = await world.as_role(Role.SAFETY_MANAGER)
    for path in ("/drivers", f"/drivers/{driver}/file", f"/drivers/{driver}/employments", "/me"):
        assert (await client.get(path)).status_code == 200
    await client.put(f"/drivers/{driver}")
    await client.get("/nothing/of/the/kind")
    await client.get("http://test/api/openapi.json")
    await client.post("http://test/internal/mcp")
    assert [trace.name for trace in kept] == [
        "GET /api/v1/drivers",
        "GET /api/v1/drivers/{driver_id}/file",
        "GET /api/v1/drivers/{driver_id}/employments",
        "GET /api/v1/me",
        "PUT /api/v1/drivers/{driver_id}",
        "GET unmatched",
        "GET /api/openapi.json",
        "POST /internal/mcp",
    ]


async def test_a_problem_names_the_trace(world: World, kept: list[Trace]) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    for path in (f"/drivers/{uuid4()}", "/drivers?limit=0", "/nothing"):
        answer = await client.get(path)
        assert answer.status_code >= 400
        assert answer.json()["trace_id"] == answer.headers["x-request-id"] == kept[-1].trace_id


async def test_telemetry_adds_no_statement(world: World, queries: object, kept: list[Trace]) -> None:
    driver = await world.add_driver()
    client = await world.as_role(Role.SAFETY_MANAGER)
    queries.clear()  # type: ignore[attr-defined]
    await client.get(f"/drivers/{driver}")
    assert len(queries.statements) == len(kept[0].spans)  # type: ignore[attr-defined]


async def test_no_request_can_make_the_figures_grow(world: World, kept: list[Trace]) -> None:
    """Random paths, methods, ids and parents: what is counted stays below a number that does not depend on them."""
    client = await world.as_role(Role.ADMIN)
    document = create_app().openapi()
    templates = sorted(document["paths"])
    chance = random.Random(7)

    def word() -> str:
        return "".join(chance.choices(string.ascii_letters + "-%._~", k=chance.randint(1, 30)))

    async def hammer(times: int) -> None:
        for _ in range(times):
            path = re.sub(r"{\w+}", lambda _: chance.choice([str(uuid4()), word()]), chance.choice(templates))
            path = chance.choice([path, f"/api/v1/{word()}/{word()}", f"/{word()}"])
            method = chance.choice(
                ["GET", "GET", "POST", "DELETE", "PATCH", "HEAD", "PROPFIND", word().upper().strip("-%._~") or "X"]
            )
            headers = {
                "traceparent": f"00-{chance.getrandbits(128) | 1:032x}-{chance.getrandbits(64) | 1:016x}-0{chance.randint(0, 1)}"
            }
            try:
                await client.request(method, httpx.URL("http://test").join(path), headers=headers)
            except (httpx.InvalidURL, httpx.LocalProtocolError):
                continue
            kept.clear()

    await hammer(1000)
    labels = [values for values, _ in HTTP_SERVER.series()]
    assert {route for _, route, _ in labels if route.startswith("/api/v1")} <= {*templates}
    assert {method for method, _, _ in labels} <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "_OTHER", "other"}
    assert len(labels) <= HTTP_SERVER.limit + 1
    assert series_count(REGISTRY) < 14_000
    assert len(render(REGISTRY, openmetrics=True)) < 2_000_000


async def test_drivers_are_counted_over_all_carriers_as_the_board_counts_them(
    world: World, other_world: World, worker: Platform
) -> None:
    await figures.refresh(worker)
    before = {values[0]: series.value for values, series in figures._DRIVERS.series()}
    for one, number in ((world, 3), (other_world, 2)):
        client = await one.as_role(Role.ADMIN)
        for place in range(number):
            body = {"employee_id": f"F{place}", "first_name": "Ana", "last_name": "Ruiz", "terminal_id": str(one.terminal_id)}
            answer = await client.post("/drivers", json={**body, "hired_on": str(date(2024, 1, 15))})
            assert answer.status_code == 201, answer.text
    boards = [(await (await one.as_role(Role.ADMIN)).get("/compliance/summary")).json() for one in (world, other_world)]
    await figures.refresh(worker)
    after = {values[0]: series.value for values, series in figures._DRIVERS.series()}
    grown = {state: after[state] - before[state] for state in after}
    assert grown["cannot_drive"] == sum(board["cannot_drive"] for board in boards)
    assert grown["can_drive"] + grown["cannot_drive"] == sum(board["drivers"] for board in boards) == 5


async def test_a_trace_can_be_flattened_twice_with_the_same_ids(world: World, kept: list[Trace]) -> None:
    client = await world.as_role(Role.ADMIN)
    await client.get("/drivers")
    ids = [span.span_id for span in flatten(kept[0])]
    assert ids == [span.span_id for span in flatten(kept[0])]
    assert len(set(ids)) == len(ids) == 1 + len(kept[0].spans)
