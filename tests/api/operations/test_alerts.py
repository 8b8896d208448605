"""Alerts that stand: whose they are, how bad, and that their addresses are harmless."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.operations.conftest import Watched

pytestmark = pytest.mark.asyncio(loop_scope="session")


def firing(name: str, *, since: str = "2026-11-28T03:00:00.123456789Z", **labels: str) -> dict[str, Any]:
    """An alert as Alertmanager has it; `runbook` and `summary` become annotations."""
    words = {key: labels.pop(key) for key in ("summary", "description", "runbook_url") if key in labels}
    return {"labels": {"alertname": name, **labels}, "annotations": words, "startsAt": since, "status": {"state": "active"}}


async def read(watched: Watched) -> dict[str, Any]:
    answer = await (await watched.world.as_role(Role.ADMIN)).get("/operations/alerts")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_worst_and_newest_come_first(watched: Watched) -> None:
    watched.watchers.answers["/api/v2/alerts"] = [
        firing("Warm", severity="warning"),
        firing("Quiet", severity="critical") | {"status": {"silencedBy": ["a"]}},
        firing("Old", severity="critical", since="2026-11-27T03:00:00Z"),
        firing("New", severity="critical", since="2026-11-28T03:00:00+00:00"),
    ]
    body = await read(watched)
    assert [(one["name"], one["state"]) for one in body["items"]] == [
        ("New", "firing"),
        ("Old", "firing"),
        ("Warm", "firing"),
        ("Quiet", "silenced"),
    ]


@pytest.mark.parametrize(
    ("labels", "box"),
    [
        ({"part": "api-2", "job": "supervisor"}, "api"),
        ({"job": "valkey"}, "valkey"),
        ({"upstream": "github", "job": "gateway"}, "github"),
        ({"part": "elsewhere"}, None),
        ({}, None),
    ],
)
async def test_an_alert_belongs_to_a_box(watched: Watched, labels: dict[str, str], box: str | None) -> None:
    watched.watchers.answers["/api/v2/alerts"] = [firing("Any", **labels)]
    assert (await read(watched))["items"][0]["part"] == box


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.com/runbooks/a#b", True),
        ("docs/runbooks/alerts/worker-down.md", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ('https://x"onclick=', False),
        ("docs/../../etc/passwd", False),
    ],
)
async def test_a_runbook_is_an_address_that_runs_nothing(watched: Watched, address: str, shown: bool) -> None:
    watched.watchers.answers["/api/v2/alerts"] = [firing("Any", runbook_url=address)]
    assert ((await read(watched))["items"][0]["runbook"] == address) is shown


async def test_an_alert_about_another_carrier_is_not_shown(watched: Watched) -> None:
    own = str(watched.world.carrier_id)
    watched.watchers.answers["/api/v2/alerts"] = [
        firing("Own", carrier_id=own),
        firing("Theirs", carrier_id="0b0b0b0b-0000-4000-8000-000000000000", summary="Lone Star is late"),
    ]
    assert [one["name"] for one in (await read(watched))["items"]] == ["Own"]


async def test_while_alertmanager_is_silent_the_rules_speak(watched: Watched) -> None:
    rule = {"labels": {"alertname": "Slow"}, "annotations": {}, "state": "pending", "activeAt": "2026-11-28T03:00:00Z"}
    watched.watchers.answers["/api/v1/alerts"] = {"status": "success", "data": {"alerts": [rule]}}
    body = await read(watched)
    assert [(one["name"], one["state"]) for one in body["items"]] == [("Slow", "pending")]
    assert body["source"]["state"] == "failed"
    assert "Prometheus" in body["source"]["detail"]


@pytest.mark.parametrize("watched", [{"watching_secret": "valkey_password"}], indirect=True)
async def test_watchers_that_want_a_password_hear_the_one_the_settings_name(watched: Watched) -> None:
    watched.watchers.password = watched.password("valkey_password")
    watched.watchers.answers["/api/v2/alerts"] = [firing("Told")]
    body = await read(watched)
    assert [one["name"] for one in body["items"]] == ["Told"]
    assert body["source"]["state"] == "ok"


@pytest.mark.parametrize("watched", [{"watching_secret": "valkey_password"}], indirect=True)
async def test_a_password_that_is_not_taken_is_said_to_be_the_reason(watched: Watched) -> None:
    watched.watchers.password = "another one"
    source = (await read(watched))["source"]
    assert source["state"] == "failed"
    assert "DOT_WATCHING_SECRET" in source["detail"]
    assert watched.password("valkey_password") not in str(source)
