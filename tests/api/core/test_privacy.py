"""Nothing that people enter shows in a log line, a span or a metric: a person is driven through the product, and looked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import asyncpg
import httpx
import procrastinate
import pytest

from dot_copilot.adapters.telemetry.openmetrics import render
from dot_copilot.adapters.telemetry.spans import flatten
from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.core.redaction import Redaction
from dot_copilot.core.telemetry import RECORDER, REGISTRY, Trace
from dot_copilot.features.drivers import service as drivers
from dot_copilot.logs import JsonFormatter
from tests.support import files, uploads
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIRST, LAST, MAIL, PASSWORD = "Zebulon", "Pumpernickel", "zebulon@pumpernickel.example", "Sesame-Zebulon-77"
MARKS = ("zebulon", "pumpernickel", "sesame", "1961-07-13", "ZX99887766", "555-0142")


class Told(logging.Handler):
    """Everything that leaves: log lines as they are written, and traces."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.traces: list[Trace] = []
        self.setFormatter(JsonFormatter())
        self.addFilter(Redaction())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def spans(self) -> list[str]:
        return [f"{trace.carrier_id} {span}" for trace in self.traces for span in flatten(trace)]


@pytest.fixture
def told() -> Iterator[Told]:
    found = Told()
    root, before = logging.getLogger(), (RECORDER.ratio, RECORDER.sink, logging.getLogger().level)
    root.addHandler(found)
    root.setLevel(logging.DEBUG)
    for quiet in ("azure", "httpx", "httpcore", "procrastinate", "asyncio"):
        logging.getLogger(quiet).setLevel(logging.WARNING)  # as in `logs.log_configuration`
    RECORDER.ratio, RECORDER.sink = 1.0, found.traces.append
    yield found
    RECORDER.ratio, RECORDER.sink = before[0], before[1]
    root.setLevel(before[2])
    root.removeHandler(found)


async def sign_in(world: World) -> None:
    async with httpx.AsyncClient(transport=world.api, base_url="http://test/api/v1") as stranger:
        answer = await stranger.post("/auth/login", json={"email": MAIL, "password": PASSWORD})
        assert answer.status_code == 401
        await stranger.post(f"/auth/login?email={MAIL}", content=f'{{"email": "{MAIL}", "pass')
        await stranger.get(f"/people/{MAIL}/files/{LAST}")


async def enter(admin: httpx.AsyncClient, world: World) -> str:
    person = {"email": MAIL, "name": f"{FIRST} {LAST}", "role": "auditor", "expires_on": "2099-01-01"}
    assert (await admin.post("/users", json=person)).status_code == 201
    body = {"employee_id": "ZX99887766", "first_name": FIRST, "last_name": LAST, "terminal_id": str(world.terminal_id)}
    answer = await admin.post("/drivers", json={**body, "hired_on": "2024-01-15"})
    assert answer.status_code == 201, answer.text
    driver = str(answer.json()["id"])
    assert (await admin.post("/drivers", json={**body, "hired_on": "2024-01-15"})).status_code == 409
    assert (await admin.get("/drivers", params={"q": LAST})).json()["items"]
    assert (await uploads.send(admin, driver, files.pdf(f"{FIRST} {LAST}"), f"{FIRST} {LAST}.pdf")).status_code == 201
    assert (await uploads.send(admin, driver, files.EXE, f"{LAST}.exe")).status_code == 415
    return driver


async def import_roster(admin: httpx.AsyncClient, app: procrastinate.App) -> None:
    rows = "Employee ID,First Name,Last Name,Terminal,Hire Date,Date of Birth,Email,Phone\n"
    rows += f"Z-1,{FIRST},{LAST},Dallas,2024-01-15,1961-07-13,{MAIL},555-0142\n"
    rows += f"Z-2,{FIRST},{LAST},Dallas,no date,{LAST},{MAIL},555-0142\n"
    answer = await admin.post("/roster-imports", files={"file": (f"{LAST}.csv", rows.encode())}, data={"dry_run": "false"})
    assert answer.status_code == 202, answer.text
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
    seen = (await admin.get(f"/roster-imports/{answer.json()['id']}")).json()
    assert seen["state"] == "done", seen


async def test_nothing_that_people_enter_leaves_by_telemetry(
    world: World, worker: Platform, worker_app: procrastinate.App, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await world.as_role(Role.ADMIN)
    core_tasks.bind(worker)
    await sign_in(world)
    driver = await enter(admin, world)
    await import_roster(admin, worker_app)

    async def fail(*_: object) -> None:
        error = asyncpg.CheckViolationError("new row violates a constraint")
        error.detail = f"Failing row contains ({FIRST}, {LAST}, {MAIL}, 1961-07-13)."
        raise error

    monkeypatch.setattr(drivers, "create_driver", fail)
    body = {"employee_id": "9", "first_name": FIRST, "last_name": LAST, "terminal_id": str(world.terminal_id)}
    assert (await admin.post("/drivers", json={**body, "hired_on": "2024-01-15"})).status_code == 500

    assert driver
    assert len(told.traces) > 12
    assert any("new row violates a constraint" in line for line in told.lines), "the error itself is on record"
    for what in (*told.lines, *told.spans(), render(REGISTRY, openmetrics=True)):
        found = [mark for mark in MARKS if mark.lower() in what.lower()]
        assert not found, f"{found} in {what[:2000]}"
