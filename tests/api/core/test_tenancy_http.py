"""Another carrier's ids through every route there is: with both checks on, and with row-level security out of the way.

The second run connects the API as the owner of the tables, whom no policy binds, so what still hides another carrier's rows
is the repositories' `carrier_id = $1` alone. `test_tenancy_sql` tests the other check alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from tests.api.core.tenants import fingerprint, populate
from tests.api.identity.people import owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Bodies that are good but for the id in the path, by operation; others are sent {}.
BODIES: dict[str, dict[str, Any]] = {
    "create_employment": {"hired_on": "2026-02-01"},
    "change_employment": {"hired_on": "2026-02-01"},
    "change_driver": {"version": 1},
    "change_terminal": {"name": "Taken over"},
    "record_evidence": {"requirement": "mvr_annual", "obtained_on": "2026-02-01"},
    "void_evidence": {"reason": "because"},
    "review_evidence": {"decision": "accepted"},
    "grant_waiver": {"from": "2026-01-01", "until": "2026-02-01", "reason": "because"},
    "change_roster_import_mapping": {"mapping": {"Emp #": None}},
    "change_requirement": {"title": "Taken over"},
    "change_packet": {"shows": "none"},
    "revoke_packet": {"reason": "because"},
    "create_packet_link": {"what": "manifest"},
    "request_document": {"requirement": "mvr_annual"},
    "create_upload_link": {"file_name": "a.pdf", "evidence": {"requirement": "mvr_annual", "obtained_on": "2026-01-15"}},
    "change_acknowledgement_form": {
        "version": 1,
        "words": {"en": {"title": "Taken over", "text": "This was taken over by another carrier."}},
        "ask_again": True,
    },
    "set_legal_hold": {"reason": "because"},
    "lift_legal_hold": {"reason": "because"},
    "purge_document": {"reason": "because"},
    "add_bulk_item": {"upload_id": "00000000-0000-4000-8000-000000000001"},
    "accept_bulk_item": {
        "driver_id": "00000000-0000-4000-8000-000000000001",
        "requirement": "mvr_annual",
        "obtained_on": "2026-02-01",
    },
    "rename_passkey": {"name": "Taken over"},
    "replace_telematics_secret": {"secret": "dGFrZW4tb3Zlci1ieS1tZQ=="},
}
# No ids of a carrier's: a sealed token (tested with documents), a request nobody has answered yet, a name of an upstream's, an
# address that providers send signed events to, and ids of raw events and traces (tested with telematics, assistants, operations).
SEALED = {"token", "request_id", "upstream", "kind", "name", "provider", "endpoint_key", "event_id", "call_id", "trace_id"}
# Parts of a file, and pages of its picture.
PLACES = {"part": "1", "page": "thumb"}


class Crossing:
    """The first carrier's clients on an application, and the ids of the second carrier."""

    def __init__(self, app: FastAPI, mine: World, own: dict[str, str], theirs: World, foreign: dict[str, str]) -> None:
        self.app, self.mine, self.own, self.theirs, self.foreign = app, mine, own, theirs, foreign

    async def client(self, role: Role) -> httpx.AsyncClient:
        """A person of the first carrier."""
        return await self.mine.as_role(role)

    def operations(self) -> list[tuple[str, str, str]]:
        """Method, path below /api/v1 and name of every route that the OpenAPI document shows."""
        paths = self.app.openapi()["paths"]
        return [
            (method.upper(), path.removeprefix("/api/v1"), operation["operationId"])
            for path, operations in paths.items()
            for method, operation in operations.items()
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["both checks", "the repositories alone"])
async def crossing(
    request: pytest.FixtureRequest, api: httpx.ASGITransport, worker: Platform, servers: Servers
) -> AsyncIterator[Crossing]:
    alone = request.param != "both checks"

    async def build() -> Platform:
        return await build_platform(servers.settings, "owner" if alone else "app")

    app = create_app(build)
    async with AsyncExitStack() as stack, owner(servers) as connection:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        worlds, ids = [], []
        for number in (1, 2):
            worlds.append(await World.create(transport, worker, stack, usdot=f"9900{int(alone)}0{number}"))
            ids.append(await populate(worlds[-1], connection))
        yield Crossing(app, worlds[0], ids[0], worlds[1], ids[1])


async def test_the_connection_is_bound_or_not_as_the_run_says(crossing: Crossing, request: pytest.FixtureRequest) -> None:
    alone = "the repositories alone" in request.node.name
    seen = await crossing.app.state.platform.database._pool.fetchval("select count(*) from drivers")
    assert (seen > 0) == alone


@pytest.mark.parametrize("role", list(Role))
async def test_a_foreign_id_is_as_good_as_none(crossing: Crossing, servers: Servers, role: Role) -> None:
    client, tried, holes = await crossing.client(role), 0, []
    async with owner(servers) as connection:
        before = await fingerprint(connection, crossing.theirs.carrier_id)
        for method, path, name in crossing.operations():
            parameters = set(re.findall(r"{(\w+)}", path)) - SEALED - set(PLACES)
            if not parameters:
                continue
            missing = parameters - set(crossing.foreign)
            assert not missing, f"{method} {path}: teach tests/api/core/tenants.py what a foreign {missing} is"
            url = path.format(**crossing.foreign, **PLACES)
            body = {**BODIES.get(name, {}), **({"requirement": crossing.own["requirement"]} if "waiver" in name else {})}
            answer = await client.request(method, url, json=None if method == "GET" else body)
            # A form, sent by drivers only (tested with acknowledgements).
            allowed: tuple[int, ...] = (404,) if role is Role.ADMIN else (403, 404)
            allowed = (403, 404, 422) if name == "sign_acknowledgement" else allowed
            if path.startswith("/shared"):  # an auditor's routes, which know a cookie of their own and no bearer token
                allowed = (401,)
            if answer.status_code not in allowed:
                holes.append(f"{method} {path} ({name}): {answer.status_code} {answer.text}")
            told = [value for value in crossing.foreign.values() if value in answer.text and value not in url]
            holes += [f"{method} {path} tells {value}" for value in told]
            tried += 1
        assert not holes, "\n".join(holes)
        assert tried >= 3
        assert await fingerprint(connection, crossing.theirs.carrier_id) == before, "another carrier's rows were changed"


@pytest.mark.parametrize("role", list(Role))
async def test_no_listing_tells_of_another_carrier(crossing: Crossing, role: Role) -> None:
    client, read, holes = await crossing.client(role), 0, []
    secret = [value for name, value in crossing.foreign.items() if name not in ("token_hash", "key", "requirement")]
    for method, path, _ in crossing.operations():
        if method != "GET" or "{" in path:
            continue
        answer = await client.get(path)
        if answer.status_code not in ((401,) if path.startswith("/shared") else (200, 403)):
            holes.append(f"GET {path}: {answer.status_code} {answer.text}")
        holes += [f"GET {path} tells {value}" for value in [*secret, crossing.theirs.usdot] if value in answer.text]
        read += answer.status_code == 200
    assert not holes, "\n".join(holes)
    assert read >= 2


async def test_a_foreign_id_in_a_body_or_a_filter_is_as_good_as_none(crossing: Crossing) -> None:
    admin, foreign = await crossing.client(Role.ADMIN), crossing.foreign
    names = {name for _, _, name in crossing.operations()}
    person = {"email": "new@crossing.example", "name": "New"}
    for more in (
        {"role": "supervisor", "terminal_id": foreign["terminal_id"]},
        {"role": "driver", "driver_id": foreign["driver_id"]},
    ):
        answer = await admin.post("/users", json=person | more)
        assert answer.status_code == 422, answer.text
    if "create_driver" in names:
        driver = {"employee_id": "x1", "first_name": "A", "last_name": "B", "terminal_id": foreign["terminal_id"]}
        answer = await admin.post("/drivers", json=driver | {"hired_on": "2026-01-05"})
        assert answer.status_code in (404, 422), answer.text
        own = await admin.get(f"/drivers/{crossing.own['driver_id']}")
        moved = {"version": own.json()["version"], "terminal_id": foreign["terminal_id"]}
        answer = await admin.patch(f"/drivers/{crossing.own['driver_id']}", json=moved)
        assert answer.status_code in (404, 422), answer.text
    if "list_drivers" in names:
        answer = await admin.get("/drivers", params={"terminal": foreign["terminal_id"]})
        assert answer.status_code in (404, 422) or answer.json()["items"] == [], answer.text
    entries = await admin.get("/audit", params={"actor": foreign["user_id"]})
    assert entries.json()["items"] == []


async def test_a_cursor_of_another_carrier_is_refused(crossing: Crossing) -> None:
    mine, theirs = await crossing.client(Role.ADMIN), await crossing.theirs.as_role(Role.ADMIN)
    tried = 0
    for method, path, name in crossing.operations():
        if method != "GET" or "{" in path:
            continue
        page = await theirs.get(path, params={"limit": 1})
        cursor = page.json().get("next_cursor") if page.headers["content-type"] == "application/json" else None
        if cursor:
            answer = await mine.get(path, params={"limit": 1, "cursor": cursor})
            assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (400, "invalid-cursor"), name
            tried += 1
    assert tried >= 2
