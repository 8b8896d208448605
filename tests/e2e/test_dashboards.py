"""Every question of every dashboard, put to the Prometheus of a running stack that people and an assistant have used.

What is asked is what the committed files say, as Grafana would ask it: graphs over the last hour, tables and choices for now.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from dot_copilot.stack.binaries import BinaryMissingError, monitoring
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts import watchword
from tests.support import files
from tests.support.consent import Person
from tests.support.mcp_clients import Memory, connected, sdk_auth
from tests.support.stack import Stack

pytestmark = pytest.mark.e2e
BOARDS = sorted((Path(__file__).parents[2] / "deploy/grafana/dashboards").glob("*.json"))
ROSTER = b"Employee ID,First Name,Last Name,Hire Date,Terminal\nDASH-1,Ada,Board,2024-01-15,Portland\n"
LONGEST = 1.0  # seconds, for all questions of a dashboard one after the other; Grafana asks several at once
PATIENCE = 90  # seconds until all is counted: jobs, looks of Prometheus, and the minute a gauge of drivers takes


@dataclass(frozen=True)
class Question:
    """One query of a panel, with its variables filled in."""

    panel: str
    expr: str
    instant: bool

    def ask(self, prometheus: httpx.Client) -> list[dict[str, Any]]:
        """The series of the answer."""
        now = time.time()
        if self.instant:
            answer = prometheus.get("/api/v1/query", params={"query": self.expr, "time": now})
        else:
            span = {"start": now - 3600, "end": now, "step": 15}
            answer = prometheus.get("/api/v1/query_range", params={"query": self.expr, **span})
        assert answer.status_code == 200, f"{self.panel}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found


def questions(board: Path) -> list[Question]:
    """All queries of a committed file."""
    panels = json.loads(board.read_text())["panels"]
    return [
        Question(panel["title"], filled(target["expr"]), target["instant"])
        for panel in panels
        for target in panel.get("targets", [])
    ]


def filled(expr: str) -> str:
    """A query as Grafana sends it when all choices are taken, for a source that is looked at every 15 seconds."""
    return re.sub(r"\$part\b", ".+", expr.replace("$__rate_interval", "1m"))


def dotted() -> list[str]:
    """The queries of panels that show exemplars."""
    panels = [panel for board in BOARDS for panel in json.loads(board.read_text())["panels"]]
    return [filled(target["expr"]) for panel in panels for target in panel.get("targets", []) if target["exemplar"]]


async def used(stack: Stack) -> None:
    """A safety manager signs in (after somebody could not), looks, uploads and imports; an assistant calls tools."""
    account = stack.account("safety_manager", "Cascadia")  # journeys count the drivers of the other carrier
    person = Person.of(stack.url, account)
    async with httpx.AsyncClient(base_url=f"{stack.url}/api/v1", timeout=30, trust_env=False) as client:
        wrong = await client.post("/auth/login", json={"email": f"{uuid4()}@nobody.example", "password": "not a password"})
        assert wrong.status_code == 401, wrong.text
        right = await client.post("/auth/login", json={key: account[key] for key in ("email", "password")})
        client.headers["Authorization"] = f"Bearer {right.raise_for_status().json()['access_token']}"
        drivers = (await client.get("/drivers")).raise_for_status().json()["items"]
        form = {"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": ""}
        card = files.pdf(f"Card {uuid4()}")  # the same file would not be taken twice
        sent = await client.post(f"/drivers/{drivers[0]['id']}/evidence", data=form, files={"file": ("card.pdf", card)})
        assert sent.status_code == 201, sent.text
        imported = await client.post("/roster-imports", files={"file": ("roster.csv", ROSTER)}, data={"dry_run": "false"})
        assert imported.is_success, imported.text
        for _ in range(20):
            (await client.get("/drivers")).raise_for_status()
    async with connected(sdk_auth(stack, person, Memory()), stack) as assistant:
        for _ in range(3):
            await assistant.call_tool("compliance_summary", {})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def prometheus(stack: Stack) -> AsyncIterator[httpx.Client]:
    """The stack's Prometheus, once it has counted what was done before and after it first looked."""
    try:
        monitoring("prometheus")
    except BinaryMissingError as missing:
        pytest.skip(str(missing))
    port = next(part["port"] for part in stack.parts() if part["name"] == "prometheus")
    known = (watchword.USER, watchword.password_file(Home(stack.home)).read_text())
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False, auth=known) as client:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            await used(stack)
            await asyncio.sleep(6)  # the local stack is looked at every five seconds
            with contextlib.suppress(httpx.TransportError):  # it is not up yet: nothing waits for it
                if not unanswered(client):
                    break
        yield client


def unanswered(prometheus: httpx.Client) -> list[str]:
    """Panels that show nothing."""
    asked = [(board.stem, question) for board in BOARDS for question in questions(board)]
    return [f"{name}, {question.panel}: {question.expr}" for name, question in asked if not question.ask(prometheus)]


def test_every_question_has_an_answer(prometheus: httpx.Client) -> None:
    silent = unanswered(prometheus)
    assert not silent, "nothing is shown by\n" + "\n".join(silent)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_a_dashboard_is_answered_within_a_second(board: Path, prometheus: httpx.Client) -> None:
    times = []
    for _ in range(3):  # the quickest of three: other tests share this machine
        began = time.perf_counter()
        for question in questions(board):
            question.ask(prometheus)
        times.append(time.perf_counter() - began)
    assert min(times) < LONGEST


def test_dots_on_graphs_are_kept_traces(prometheus: httpx.Client) -> None:
    """Grafana asks for exemplars with the panel's own query, and links their `trace_id`."""
    span = {"start": time.time() - 3600, "end": time.time()}
    series = [
        s for expr in dotted() for s in prometheus.get("/api/v1/query_exemplars", params={"query": expr, **span}).json()["data"]
    ]
    found = [exemplar["labels"]["trace_id"] for one in series for exemplar in one["exemplars"]]
    assert found
    assert all(re.fullmatch(r"[0-9a-f]{32}", trace_id) for trace_id in found)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_choices_have_values(board: Path, prometheus: httpx.Client) -> None:
    for variable in json.loads(board.read_text())["templating"]["list"]:
        series, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["definition"]).groups()  # type: ignore[union-attr]
        answer = prometheus.get(f"/api/v1/label/{label}/values", params={"match[]": series})
        assert answer.json()["data"], variable["definition"]
