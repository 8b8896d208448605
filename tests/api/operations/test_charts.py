"""Charts over one time, from a stand-in and from a real Prometheus."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.operations.repository.charts import SUBJECTS
from dot_copilot.features.operations.repository.promql import QUESTION
from dot_copilot.stack.binaries import BinaryMissingError, monitoring
from tests.api.operations.conftest import Watched
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def read(watched: Watched, path: str = "charts", **params: str) -> dict[str, Any]:
    answer = await (await watched.world.as_role(Role.ADMIN)).get(f"/operations/{path}", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize(("range_", "seconds"), [("15m", 900), ("1h", 3600), ("6h", 21_600), ("24h", 86_400)])
async def test_all_charts_have_the_same_times(watched: Watched, range_: str, seconds: int) -> None:
    body = await read(watched, range=range_)
    times = body["times"]
    assert (times[-1] - times[0], len(times) <= 100) == (seconds, True)
    assert abs(times[-1] - time.time()) < 1300
    assert [chart["name"] for chart in body["charts"]] == [subject.name for subject in SUBJECTS]
    assert (body["source"]["state"], body["charts"][0]["lines"]) == ("failed", [])  # the stand-in knows nothing


async def test_values_are_at_their_times_and_missing_ones_are_null(watched: Watched) -> None:
    watched.watchers.answers["/api/v1/query_range"] = {"data": {"resultType": "matrix", "result": []}}
    times = (await read(watched))["times"]
    watched.world.api.platform.watch.metrics._asked._asked.clear()  # type: ignore[attr-defined]
    values = [[times[2], "3.5"], [times[0], "1"], [times[3], "NaN"], [times[-1] + 9999, "9"], ["x", "y"], None]
    watched.watchers.answers["/api/v1/query_range"]["data"]["result"] = [
        {"metric": {QUESTION: "requests/", "place": "api"}, "values": values},
        {"metric": {QUESTION: "latency/p95"}, "values": [[times[1], "7"]]},
        {"metric": {QUESTION: "made up/line"}, "values": [[times[1], "7"]]},
        {"metric": {}, "values": None},
    ]
    charts = {chart["name"]: chart["lines"] for chart in (await read(watched))["charts"]}
    assert charts["requests"][0]["name"] == "api"
    assert charts["requests"][0]["values"][:4] == [1.0, None, 3.5, None]
    assert [line["name"] for line in charts["latency"]] == ["p95"]
    assert "made up" not in charts


@pytest.mark.parametrize("range_", ["2h", "", "15m; drop", "-1h"])
async def test_a_range_that_is_none_is_refused(watched: Watched, range_: str) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    assert (await admin.get("/operations/charts", params={"range": range_})).status_code == 422


@pytest.mark.parametrize("name", ["nobody", 'api"} or vector(1) #', "API", ".*"])
async def test_a_part_that_is_none_is_refused_before_anybody_is_asked(watched: Watched, name: str) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    assert (await admin.get(f"/operations/parts/{name}/charts")).status_code in (404, 422)
    assert not [path for path, _ in watched.watchers.asked if "query" in path]


@pytest.fixture
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real one that scrapes itself; its URL."""
    try:
        program = monitoring("prometheus")
    except BinaryMissingError as error:
        pytest.skip(str(error))
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    scrapes = f"[{{job_name: api, static_configs: [{{targets: ['127.0.0.1:{port}'], labels: {{part: api-1}}}}]}}]"
    (folder / "prometheus.yml").write_text(f"{{global: {{scrape_interval: 1s}}, scrape_configs: {scrapes}}}")
    command = [str(program), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/-/ready", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(log.read_text()[-2000:])


@pytest.mark.parametrize("watched", [{"supervisor_url": ""}], indirect=True)
async def test_a_real_prometheus_understands_every_question(watched: Watched, prometheus: str) -> None:
    metrics = watched.world.api.platform.watch.metrics  # type: ignore[attr-defined]
    metrics._inner._client._url = prometheus
    charts = await read(watched, range="15m")
    assert charts["source"] == {"name": "metrics", "state": "ok", "detail": None}
    part = await read(watched, "parts/api/charts")
    assert part["source"]["state"] == "ok"
    admin = await watched.world.as_role(Role.ADMIN)
    for _ in range(60):  # until it has scraped once, and our own answer has run out
        body = (await admin.get("/operations/map")).json()
        if body["parts_from"] == "metrics":
            break
        await asyncio.sleep(0.5)
    assert {one["name"]: one["state"] for one in body["sources"]}["metrics"] == "ok"
    api = next(one for one in body["parts"] if one["name"] == "api")
    assert (body["parts_from"], api["state"], api["replicas"][0]["name"]) == ("metrics", "works", "api-1")
    assert api["memory_mb"] > 1  # its own process_resident_memory_bytes
