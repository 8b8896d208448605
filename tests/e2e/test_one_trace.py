"""A request can be followed from the browser to SQL, and into the background, by one id."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page

from tests.e2e.journeys import sign_in
from tests.support.consent import Person
from tests.support.stack import Stack

pytestmark = pytest.mark.e2e
Entry = dict[str, Any]


class Followed:
    """One trace of a running stack: what its files tell of it."""

    def __init__(self, stack: Stack, trace_id: str = "") -> None:
        self.stack, self.trace_id = stack, trace_id or secrets.token_hex(16)
        self.span_id = secrets.token_hex(8)

    @property
    def headers(self) -> dict[str, str]:
        return {"traceparent": f"00-{self.trace_id}-{self.span_id}-01"}

    def spans(self) -> list[Entry]:
        return self._entries("traces", "*.jsonl*", "trace_id")

    def lines(self, part: str, member: str = "trace_id") -> list[Entry]:
        return self._entries("logs", f"{part}.log", member)

    def _entries(self, folder: str, pattern: str, member: str) -> list[Entry]:
        found = []
        for path in (self.stack.home / folder).glob(pattern):
            for line in path.read_text(errors="replace").splitlines():
                if self.trace_id in line and line.startswith("{") and line.endswith("}"):
                    entry = json.loads(line)
                    found += [entry] if entry.get(member) == self.trace_id else []
        return found

    def wait(self, condition: Callable[[list[Entry]], bool], seconds: float = 30) -> list[Entry]:
        """The spans, once they satisfy `condition`: parts write twice a second."""
        deadline = time.monotonic() + seconds
        while not condition(spans := self.spans()):
            assert time.monotonic() < deadline, [(span["part"], span["name"]) for span in spans]
            time.sleep(0.1)
        return spans


def client(stack: Stack) -> httpx.Client:
    """The other carrier's: journeys count the drivers of the first one."""
    return Person.of(stack.url, stack.account("safety_manager", "Cascadia")).api()


def tree(spans: list[Entry]) -> dict[str, Entry]:
    """By id; every span but one whose parent is outside hangs on another."""
    by_id = {span["span_id"]: span for span in spans}
    assert len(by_id) == len(spans)
    return by_id


def test_a_read_is_followed_through_nginx_and_api_to_its_statements(stack: Stack) -> None:
    followed = Followed(stack)
    with client(stack) as api:
        driver = api.get("/drivers", params={"limit": 1}).json()["items"][0]["id"]
        answer = api.get(f"/drivers/{driver}/file", headers=followed.headers)
    assert answer.headers["x-request-id"] == followed.trace_id
    spans = followed.wait(lambda found: any(span["kind"] == "server" for span in found))
    by_id = tree(spans)
    root = next(span for span in spans if span["kind"] == "server")
    assert (root["name"], root["parent_id"]) == ("GET /api/v1/drivers/{driver_id}/file", followed.span_id)
    statements = [span for span in spans if span["attributes"].get("db.system.name") == "postgresql"]
    assert {"ENTER", "COMMIT", "SELECT"} <= {span["attributes"]["db.operation.name"] for span in statements}
    assert all(by_id[span["parent_id"]] is root for span in statements)
    assert len({span["carrier_id"] for span in spans}) == 1
    deadline = time.monotonic() + 10
    while not (lines := followed.lines("nginx-access", "trace")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [line["path"] for line in lines] == [f"/api/v1/drivers/{driver}/file"]


def test_an_import_is_followed_into_the_worker_and_its_log(stack: Stack) -> None:
    followed = Followed(stack)
    row = f"T-{uuid4().hex[:8]},Trace,Follower,2024-01-15,Portland\n"
    sheet = f"Employee ID,First Name,Last Name,Hire Date,Terminal\n{row}".encode()
    with client(stack) as api:
        answer = api.post(
            "/roster-imports", files={"file": ("r.csv", sheet)}, data={"dry_run": "false"}, headers=followed.headers
        )
        assert answer.status_code == 202, answer.text
    # API and worker write their parts each in their own time.
    spans = followed.wait(
        lambda found: {"POST /api/v1/roster-imports", "job roster:import_roster"} <= {span["name"] for span in found}
    )
    by_id = tree(spans)
    job = next(span for span in spans if span["name"] == "job roster:import_roster")
    assert job["part"] == "worker"
    assert by_id[job["parent_id"]]["name"] == "POST /api/v1/roster-imports"
    assert job["attributes"]["dot.job.outcome"] == "succeeded"
    inside = {span["name"].partition(" ")[0] for span in spans if span["part"] == "worker"}
    assert {"job", "GET", "ENTER", "INSERT", "COMMIT"} <= inside, "the file from the store, and the rows to the database"
    (line, *_) = followed.lines("worker")
    assert "roster:import_roster" in line["message"]
    assert line["carrier_id"] == job["carrier_id"]


@pytest.mark.asyncio(loop_scope="session")
async def test_the_browser_begins_the_trace(stack: Stack, page: Page) -> None:
    sent: dict[str, str] = {}

    async def note(request: Any) -> None:
        if "/api/v1/auth/login" in request.url:
            sent.update(await request.all_headers())

    page.on("request", note)
    async with page.expect_response("**/api/v1/auth/login") as waiting:
        await sign_in(page, stack, "safety_manager")
    answer = await waiting.value
    assert answer.status == 200
    trace_id = sent["traceparent"].split("-")[1]
    assert await answer.header_value("x-request-id") == trace_id
