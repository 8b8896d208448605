"""A roster import goes on through the death of any process that works on it, and doubles nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.drills.stacks import StackUnderTest, new_stack, wait_for
from tests.support.stack import Stack

pytestmark = pytest.mark.drill
ROWS, TERMINAL = 5_000, ("Dallas", "Memphis")
HEADER = "Employee ID,First Name,Last Name,Hire Date,Terminal,CDL Class,CDL Exp,DOT Physical,Med Card Exp,mvr_annual"
SERVER_TROUBLE = 500


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=()) as found:
        found.up()
        yield found


@pytest.fixture
def manager(stack: StackUnderTest) -> Iterator[httpx.Client]:
    """A safety manager; a request that meets a process just dying is sent again, as a browser's user would."""
    account = Stack(stack.home, stack.port).account("safety_manager", "Cascadia")
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=60, trust_env=False) as client:
        answer = client.post("/auth/login", json={name: account[name] for name in ("email", "password")}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def roster(prefix: str) -> bytes:
    rows = (
        f"{prefix}{n},First{n},Last{n},2024-01-15,{TERMINAL[n % 2]},A,2029-05-01,2026-03-01,2028-03-01,2026-04-{n % 28 + 1:02}"
        for n in range(ROWS)
    )
    return "\n".join([HEADER, *rows]).encode()


def read(client: httpx.Client, path: str) -> dict[str, Any]:
    """The answer to a GET, once there is one."""
    deadline = time.monotonic() + 60
    while (answer := client.get(path)).status_code >= SERVER_TROUBLE and time.monotonic() < deadline:
        time.sleep(0.2)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


@pytest.mark.parametrize("part", ["worker", "postgres", "api-1"])
def test_an_import_outlives(stack: StackUnderTest, manager: httpx.Client, part: str) -> None:
    before = stack.parts()[part]
    files = {"file": ("roster.csv", roster(f"{part}-"), "text/csv")}
    job = manager.post("/roster-imports", files=files, data={"dry_run": "false"}).raise_for_status().json()
    path = f"/roster-imports/{job['id']}"
    wait_for("some rows are in", lambda: read(manager, path)["imported"] > 0, 60)
    os.kill(before["pid"], signal.SIGKILL)
    assert read(manager, path)["imported"] < ROWS, "it was killed in the middle"
    wait_for(f"{part} is back", lambda: stack.parts()[part]["restarts"] > before["restarts"] and stack.ready(), 60)
    wait_for("the import has ended", lambda: read(manager, path)["state"] in ("done", "failed", "cancelled"), 120)
    done = read(manager, path)
    assert (done["state"], done["total"], done["imported"], done["updated"]) == ("done", ROWS, ROWS, 0), done
    (rows,) = asyncio.run(
        stack.sql(
            f"""select count(distinct d.id) drivers, count(distinct m.id) employments, count(e.id) evidence,
                   count(distinct (e.driver_id, e.requirement, e.obtained_on)) different
              from drivers d join employments m on m.carrier_id = d.carrier_id and m.driver_id = d.id
              join evidence e on e.carrier_id = d.carrier_id and e.driver_id = d.id
             where d.employee_id like '{part}-%'"""
        )
    )
    assert (rows["drivers"], rows["employments"]) == (ROWS, ROWS)
    assert rows["evidence"] == rows["different"] == 3 * ROWS
