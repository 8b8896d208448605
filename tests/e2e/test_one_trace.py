"""A request can be followed by one id: from the browser to SQL, into the background, and through the MCP gateway."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.journeys import sign_in
from tests.support.consent import Person
from tests.support.mcp_clients import Memory, connected, sdk_auth
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
    passed_nginx(followed, f"/api/v1/drivers/{driver}/file")


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


# From a real browser


@dataclass
class Sent:
    """A call of the web application: what it asked for, and the trace that it began."""

    method: str
    path: str
    trace_id: str
    span_id: str


async def kept_calls(page: Page) -> list[Sent]:
    """Every call the page will make, with its own ids; the flag that asks to keep a trace is set, or chance would decide."""
    sent: list[Sent] = []

    async def pass_on(route: Route) -> None:
        headers = await route.request.all_headers()
        _, trace_id, span_id, _ = headers["traceparent"].split("-")
        sent.append(Sent(route.request.method, urlsplit(route.request.url).path, trace_id, span_id))
        await route.continue_(headers={**headers, "traceparent": f"00-{trace_id}-{span_id}-01"})

    await page.route("**/api/v1/**", pass_on)
    return sent


def statements(spans: list[Entry], below: Entry) -> set[str]:
    """The verbs of what was sent to PostgreSQL directly below a span."""
    return {
        span["attributes"]["db.operation.name"]
        for span in spans
        if span["parent_id"] == below["span_id"] and span["attributes"].get("db.system.name") == "postgresql"
    }


def passed_nginx(followed: Followed, path: str) -> None:
    """Its line is in the access log, which nginx writes once a second."""
    deadline = time.monotonic() + 10
    while not (lines := followed.lines("nginx-access", "trace")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert path in [line["path"] for line in lines]


@pytest.mark.asyncio(loop_scope="session")
async def test_the_browser_begins_the_trace(stack: Stack, page: Page) -> None:
    async with page.expect_response("**/api/v1/auth/login") as waiting:
        await sign_in(page, stack, "safety_manager", "Cascadia")
    answer = await waiting.value
    assert answer.status == 200
    trace_id = (await answer.request.all_headers())["traceparent"].split("-")[1]
    assert await answer.header_value("x-request-id") == trace_id


@pytest.mark.asyncio(loop_scope="session")
async def test_a_click_in_the_browser_is_followed_to_sql_and_to_the_job_it_causes(stack: Stack, page: Page) -> None:
    """Browser, nginx, API, SQL, and by way of the job the worker and its SQL: one id names them all."""
    await sign_in(page, stack, "safety_manager", "Cascadia")
    sent = await kept_calls(page)
    row = f"B-{uuid4().hex[:8]},Click,Follower,2024-01-15,Portland\n"
    await page.get_by_role("link", name="Import roster").first.click()
    await page.locator("input[type=file]").first.set_input_files(
        {
            "name": "one.csv",
            "mimeType": "text/csv",
            "buffer": f"Employee ID,First Name,Last Name,Hire Date,Terminal\n{row}".encode(),
        }
    )
    await page.get_by_role("button", name="Look at the rows").click()
    await page.get_by_role("button", name=re.compile("^Go on")).click()
    await page.get_by_role("button", name=re.compile(r"^Import \d+ drivers?$")).click()
    await expect(page.get_by_role("heading", name="1 driver imported")).to_be_visible(timeout=30_000)
    call = [one for one in sent if one.method == "POST" and "/roster-imports" in one.path][-1]
    followed = Followed(stack, call.trace_id)

    def whole(found: list[Entry]) -> bool:
        return {"server", "consumer"} <= {span["kind"] for span in found}

    spans = await asyncio.to_thread(followed.wait, whole)
    by_id = tree(spans)
    root = next(span for span in spans if span["kind"] == "server")
    assert root["parent_id"] == call.span_id, "it hangs on the browser's own span"
    assert root["part"] in {"api-1", "api-2"}
    assert {"ENTER", "COMMIT"} <= statements(spans, root)
    job = next(span for span in spans if span["kind"] == "consumer")
    assert (job["name"], job["part"], by_id[job["parent_id"]]) == ("job roster:import_roster", "worker", root)
    assert {"ENTER", "INSERT", "COMMIT"} <= statements(spans, job)
    assert len({span["carrier_id"] for span in spans}) == 1
    await asyncio.to_thread(passed_nginx, followed, call.path)
    assert [line for line in followed.lines("worker") if "roster:import_roster" in line["message"]]


CALL_A_TOOL = """async ([token, traceparent]) => {
    const meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'page', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
    };
    const answer = await fetch('/mcp', {
        method: 'POST',
        headers: {
            Authorization: `Bearer ${token}`, traceparent,
            'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
            'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'compliance_summary',
        },
        body: JSON.stringify({
            jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'compliance_summary', arguments: {}, _meta: meta },
        }),
    });
    return [answer.status, answer.headers.get('x-request-id'), await answer.text()];
}"""


@pytest.mark.asyncio(loop_scope="session")
async def test_an_assistant_in_a_browser_is_followed_through_the_gateway_to_sql(stack: Stack, page: Page) -> None:
    """Browser, nginx, gateway, our MCP server inside the API, SQL."""
    memory = Memory()
    person = Person.of(stack.url, stack.account("safety_manager", "Cascadia"))
    async with connected(sdk_auth(stack, person, memory, name="Followed"), stack):
        assert memory.tokens is not None
    followed = Followed(stack)
    await page.goto(stack.url)
    told = await page.evaluate(CALL_A_TOOL, [memory.tokens.access_token, followed.headers["traceparent"]])
    assert told[:2] == [200, followed.trace_id], told
    assert "isError" not in json.loads(told[2])["result"] or not json.loads(told[2])["result"]["isError"], told

    def whole(found: list[Entry]) -> bool:
        return {"gateway", "api"} <= {span["part"].partition("-")[0] for span in found}

    spans = await asyncio.to_thread(followed.wait, whole)
    by_id = tree(spans)
    root = next(span for span in spans if span["parent_id"] == followed.span_id)
    assert (root["name"], root["part"].partition("-")[0]) == ("POST /mcp", "gateway")
    assert root["attributes"]["gen_ai.tool.name"] == "compliance_summary"
    served = next(span for span in spans if span["kind"] == "server" and span["part"].startswith("api"))
    asked = by_id[served["parent_id"]]
    assert (asked["kind"], asked["parent_id"]) == ("client", root["span_id"]), "the API's part hangs on the gateway's question"
    verbs = [span for span in spans if span["attributes"].get("db.operation.name") == "SELECT"]
    sql = [span for span in verbs if span["part"].startswith("api")]
    assert sql, "the gateway's own, for the standing of the connection, are not meant"
    assert all(rises_to(span, served, by_id) for span in sql)
    await asyncio.to_thread(passed_nginx, followed, "/mcp")


def rises_to(span: Entry, top: Entry, by_id: dict[str, Entry]) -> bool:
    """Whether `top` is above a span."""
    while span is not top and span["parent_id"] in by_id:
        span = by_id[span["parent_id"]]
    return span is top
