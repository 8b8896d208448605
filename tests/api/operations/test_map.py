"""The map: every part and path with what its watchers say, and what is left of it when some of them are silent."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.operations.conftest import Watched
from tests.support.watchers import part

pytestmark = pytest.mark.asyncio(loop_scope="session")
ALL = ("openbao", "postgres", "valkey", "azurite", "api-1", "api-2", "gateway-1", "gateway-2", "worker", "nginx", "prometheus")


async def read(watched: Watched) -> dict[str, Any]:
    """The map as an administrator gets it."""
    admin = await watched.world.as_role(Role.ADMIN)
    answer = await admin.get("/operations/map")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def box(body: dict[str, Any], name: str) -> dict[str, Any]:
    """One part of it."""
    found: dict[str, Any] = next(one for one in body["parts"] if one["name"] == name)
    return found


def road(body: dict[str, Any], source: str, target: str) -> dict[str, Any]:
    """One call path of it."""
    found: dict[str, Any] = next(one for one in body["calls"] if (one["source"], one["target"]) == (source, target))
    return found


def sources(body: dict[str, Any]) -> dict[str, str]:
    """The state of each source."""
    return {one["name"]: one["state"] for one in body["sources"]}


async def test_the_drawing_has_the_seeds_parts_on_the_seeds_networks(watched: Watched) -> None:
    watched.watchers.supervise(*map(part, ALL), part("migrate", "done", task=True), part("demo", "done", task=True))
    body = await read(watched)
    networks: dict[str, set[str]] = {}
    for one in body["parts"]:
        networks.setdefault(one["network"], set()).add(one["name"])
    assert networks == {
        "outside": {"browser", "assistant"},
        "frontend": {"nginx"},
        "backend": {"api", "gateway", "worker", "postgres", "valkey", "azurite", "openbao", "mongodb"},
        "mcp": {"github"},
        "monitoring": {"prometheus", "alertmanager", "supervisor", "grafana"},
    }
    assert [one["name"] for one in box(body, "api")["replicas"]] == ["api-1", "api-2"]
    assert (body["parts_from"], body["version"]) == ("supervisor", "9.9.9")
    drawn = {(one["source"], one["target"]) for one in body["calls"]}
    assert {("nginx", "api"), ("nginx", "gateway"), ("api", "postgres"), ("api", "valkey"), ("gateway", "github")} <= drawn
    assert {end for pair in drawn for end in pair} <= {one["name"] for one in body["parts"]}


async def test_what_an_installation_does_without_is_drawn_and_is_no_fault(watched: Watched) -> None:
    watched.watchers.supervise(*map(part, ALL))
    body = await read(watched)
    assert {name: box(body, name)["state"] for name in ("mongodb", "grafana")} == {"mongodb": "absent", "grafana": "absent"}
    assert not {one["source"] for one in body["calls"]} & {"grafana"}, "nobody calls from where nobody is"
    assert not {one["target"] for one in body["calls"]} & {"mongodb"}


@pytest.mark.parametrize("watched", [{"supervisor_url": ""}], indirect=True)
@pytest.mark.parametrize(("up", "state"), [(1, "works"), (0, "down")])
async def test_where_there_is_a_grafana_it_is_as_prometheus_finds_it(watched: Watched, up: int, state: str) -> None:
    watched.watchers.measure(("up", {"job": "grafana", "part": "grafana"}, up))
    body = await read(watched)
    assert box(body, "grafana")["state"] == state
    assert ("grafana", "prometheus") in {(one["source"], one["target"]) for one in body["calls"]}


@pytest.mark.parametrize("watched", [{"supervisor_url": ""}], indirect=True)
async def test_while_prometheus_is_silent_nobody_says_that_there_is_no_grafana(watched: Watched) -> None:
    watched.watchers.status = 503
    assert box(await read(watched), "grafana")["state"] == "unknown"


@pytest.mark.parametrize("answers", [True, False])
async def test_where_events_are_kept_in_mongodb_it_is_as_the_api_finds_it(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, *, answers: bool
) -> None:
    async def ready() -> None:
        if not answers:
            raise ConnectionError("gone")

    platform = watched.world.api.platform  # type: ignore[attr-defined]
    monkeypatch.setattr(platform, "settings", platform.settings.model_copy(update={"event_documents": "mongodb"}))
    monkeypatch.setattr(platform.event_documents, "ready", ready)
    watched.watchers.supervise(*map(part, ALL))
    body = await read(watched)
    assert box(body, "mongodb")["state"] == ("works" if answers else "down")
    assert ("api", "mongodb") in {(one["source"], one["target"]) for one in body["calls"]}


@pytest.mark.parametrize(
    ("states", "together"),
    [
        (("ready", "ready"), "works"),
        (("ready", "restarting"), "degraded"),
        (("ready", "starting"), "degraded"),
        (("unhealthy", "restarting"), "down"),
        (("starting", "waiting"), "starting"),
        (("failed", "starting"), "down"),
        (("stopped", "stopped"), "off"),
        (("a new word", "a new word"), "unknown"),
    ],
)
async def test_a_part_is_as_well_as_its_processes(watched: Watched, states: tuple[str, str], together: str) -> None:
    watched.watchers.supervise(part("api-1", states[0]), part("api-2", states[1], detail="why", restarts=2))
    api = box(await read(watched), "api")
    assert api["state"] == together
    assert (api["restarts"], api["memory_mb"]) == (2, 100)
    assert api["detail"] == (None if together == "works" else api["detail"])


async def test_a_part_that_the_drawing_does_not_know_is_on_the_map_and_one_left_out_is_off(watched: Watched) -> None:
    watched.watchers.supervise(part("weigh-station"), part("migrate", "failed", task=True), without=["prometheus"])
    body = await read(watched)
    assert (box(body, "weigh-station")["state"], box(body, "weigh-station")["kind"]) == ("works", "other")
    assert box(body, "migrate")["state"] == "down"  # a task that failed is news
    assert box(body, "prometheus")["state"] == "off"
    assert box(body, "worker")["state"] == "unknown"  # nobody speaks of it


async def test_figures_are_those_of_prometheus(watched: Watched) -> None:
    watched.watchers.supervise(*map(part, ALL))
    watched.watchers.measure(
        ("door", {"place": "web", "status": "2xx"}, 3.0),
        ("door", {"place": "api", "status": "2xx"}, 9.0),
        ("door", {"place": "api", "status": "5xx"}, 1.0),
        ("door", {"place": "mcp", "status": "2xx"}, 2.0),
        ("door_p95", {"place": "api"}, 0.040),
        ("db", {"job": "api"}, 50.0),
        ("db_p95", {"job": "api"}, 0.002),
        ("db", {"job": "worker"}, 2.0),
        ("out", {"job": "api", "server": "blob"}, 4.0),
        ("out_bad", {"job": "api", "server": "blob"}, 1.0),
        ("mcp", {"upstream": "github", "outcome": "ok"}, 0.9),
        ("mcp", {"upstream": "github", "outcome": "failed"}, 0.1),
        ("upstream_up", {"upstream": "github"}, 1),
        ("jobs_waiting", {}, 4),
        ("cpu", {"part": "api-1"}, 0.25),
        ("cpu", {"part": "api-2"}, 0.5),
    )
    body = await read(watched)
    assert road(body, "browser", "nginx")["rate"] == 13
    assert road(body, "browser", "nginx")["error_ratio"] == pytest.approx(1 / 13)
    assert road(body, "nginx", "api") == {
        **{"source": "nginx", "target": "api", "rate": 10.0, "error_ratio": 0.1, "known": True},
        "p95_ms": pytest.approx(40),
    }
    assert road(body, "api", "azurite")["error_ratio"] == 0.25
    assert road(body, "gateway", "github")["error_ratio"] == pytest.approx(0.1)
    assert road(body, "worker", "openbao")["known"] is False
    assert box(body, "postgres")["rate"] == 52
    assert box(body, "worker")["figures"] == {"jobs_waiting": 4}
    assert box(body, "api")["cpu"] == 0.75
    assert box(body, "github")["state"] == "works"
    assert sources(body) == {"supervisor": "ok", "metrics": "ok", "alerts": "failed"}


async def test_no_question_comes_from_a_client_and_two_readers_ask_once(watched: Watched) -> None:
    watched.watchers.supervise(part("nginx"))
    watched.watchers.measure()
    admin = await watched.world.as_role(Role.ADMIN)
    await admin.get("/operations/map", params={"query": "up", "part": "nginx"})
    await admin.get("/operations/map")
    questions = [form["query"][0] for path, form in watched.watchers.asked if path == "/api/v1/query"]
    assert len(questions) == 1
    assert questions[0].startswith("label_replace(sum by (job)")


@pytest.mark.parametrize(
    "wrong",
    [b"", b"<html>", b"[]", b"null", b"{}", b'{"data": 7}', b'{"parts": 1, "data": {"result": 1}}', b"\xff\xfe", b"[" * 5000],
    ids=str,
)
async def test_nonsense_from_a_watcher_costs_its_own_share_only(watched: Watched, wrong: bytes) -> None:
    watched.watchers.answers = dict.fromkeys(("/state", "/api/v1/query", "/api/v2/alerts", "/api/v1/alerts"), wrong[:40])
    body = await read(watched)
    assert body["parts_from"] == "checks"
    assert sources(body)["supervisor"] == sources(body)["metrics"] == "failed"
    assert box(body, "postgres")["state"] == "works"  # asked by this process itself


async def test_strange_entries_in_good_answers_are_passed_over(watched: Watched) -> None:
    strange: list[Any] = [None, 7, "x", {}, {"name": 3}, {"name": "worker", "restarts": "many", "since": "never", "state": None}]
    watched.watchers.answers["/state"] = {"parts": [*strange, part("nginx")], "without": "all", "supervisor": 1}
    result = [None, {}, {"metric": None, "value": [1, "NaN"]}, {"metric": {"q": "db", "job": "api"}, "value": [1, "+Inf"]}]
    watched.watchers.answers["/api/v1/query"] = {"data": {"resultType": "vector", "result": result}}
    watched.watchers.answers["/api/v2/alerts"] = [None, 3, {}, {"labels": {"alertname": "X"}, "startsAt": "soon"}]
    body = await read(watched)
    assert box(body, "nginx")["state"] == "works"
    assert box(body, "worker")["state"] == "unknown"
    assert road(body, "api", "postgres")["rate"] is None
    assert body["alerts"] == []


@pytest.mark.parametrize("wrong", ["slow", "refusing", "huge", "gone"])
async def test_a_watcher_that_is_slow_or_gone_is_not_waited_for(watched: Watched, wrong: str) -> None:
    watched.watchers.supervise(*map(part, ALL))
    watched.watchers.measure()
    if wrong == "slow":
        watched.watchers.delay_s = 30
    elif wrong == "refusing":
        watched.watchers.status = 503
    elif wrong == "huge":
        watched.watchers.answers = dict.fromkeys(("/state", "/api/v1/query", "/api/v2/alerts"), b" " * (9 << 20))
    else:
        watched.watchers.answers = {}
    began = time.monotonic()
    body = await read(watched)
    assert time.monotonic() - began < 8  # they would take half a minute
    assert set(sources(body).values()) == {"failed"}
    assert all(one["detail"] for one in body["sources"])
    assert body["parts_from"] == "checks"


@pytest.mark.parametrize("watched", [{"supervisor_url": ""}], indirect=True)
async def test_without_a_supervisor_prometheus_tells_how_the_parts_are(watched: Watched) -> None:
    watched.watchers.measure(
        ("up", {"job": "api", "part": "api-1"}, 1),
        ("up", {"job": "api", "part": "api-2"}, 0),
        ("up", {"job": "worker", "part": "worker"}, 0),
        ("up", {"job": "postgres", "part": "postgres-exporter"}, 1),
        ("postgres_up", {}, 0),  # its exporter answers, the database does not
    )
    body = await read(watched)
    assert body["parts_from"] == "metrics"
    assert {name: box(body, name)["state"] for name in ("api", "worker", "postgres", "nginx", "prometheus")} == {
        **{"api": "degraded", "worker": "down", "postgres": "down", "nginx": "unknown", "prometheus": "works"}
    }
    assert "supervisor" not in [one["name"] for one in body["parts"]]
    assert sources(body)["supervisor"] == "off"


@pytest.mark.parametrize("watched", [{"supervisor_url": "", "prometheus_url": "", "alertmanager_url": ""}], indirect=True)
async def test_with_no_watcher_at_all_the_api_tells_what_it_sees(watched: Watched) -> None:
    body = await read(watched)
    assert body["parts_from"] == "checks"
    assert {name: box(body, name)["state"] for name in ("api", "postgres", "valkey", "azurite", "prometheus", "worker")} == {
        **dict.fromkeys(("api", "postgres", "valkey", "azurite"), "works"),
        **{"prometheus": "off", "worker": "unknown"},
    }
    assert set(sources(body).values()) == {"off"}
    assert all(one["rate"] is None for one in body["parts"])
