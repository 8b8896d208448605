"""What lies outside a share does not exist for its auditor: through every route there is, and in the database itself."""

from __future__ import annotations

import re
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from dot_copilot.core.caller import Caller
from dot_copilot.core.platform import Platform
from dot_copilot.features.compliance.service import DriverQuery, list_drivers, summary, upcoming
from dot_copilot.features.compliance.upcoming import UpcomingQuery
from dot_copilot.features.drivers.access import access_driver, reachable
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.drivers.service import read_driver
from dot_copilot.features.shares import entering
from tests.api.core.tenants import populate
from tests.api.identity.people import owner
from tests.api.shares.auditing import come_in, hire, share
from tests.support import scans
from tests.support.servers import Servers
from tests.support.uploads import send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Inside:
    """An auditor of one driver, beside another driver of the carrier."""

    def __init__(self, world: World, client: httpx.AsyncClient, caller: Caller, shared: UUID, other: UUID) -> None:
        self.world, self.client, self.caller, self.shared, self.other = world, client, caller, shared, other
        self.app: Platform = world.api.platform  # type: ignore[attr-defined]


@pytest_asyncio.fixture(loop_scope="session")
async def inside(world: World) -> Inside:
    shared, other = await hire(world, 1, "Shared"), await hire(world, 2, "Hidden")
    for driver in (shared, other):
        from dot_copilot.core.caller import Role

        assert (await send(await world.as_role(Role.SAFETY_MANAGER), driver, scans.pdf(), requirement="cdl")).status_code == 201
    client = await come_in(world, await share(world, shared))
    app: Platform = world.api.platform  # type: ignore[attr-defined]
    visitor = await entering.visitor_of(app, client.cookies["dot_share"], None)
    return Inside(world, client, visitor.caller, shared, other)


async def test_no_route_gives_anything_but_what_is_shared(inside: Inside, servers: Servers) -> None:
    """Every route of the API, with ids of the auditor's own carrier that are outside the share."""
    async with owner(servers) as connection:
        ids = await populate(inside.world, connection)
        async with inside.world.worker.database.job_door(inside.world.carrier_id) as door:
            document = await door.fetchval(
                "select document_id from evidence where carrier_id = $1 and driver_id = $2", door.carrier_id, inside.other
            )
    ids |= {"driver_id": str(inside.other), "document_id": str(document)}
    app = inside.world.api.app
    assert isinstance(app, FastAPI)
    tried, holes = 0, []
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            if operations[method]["operationId"] in ("sign_out_of_share", "sign_out"):
                continue
            url = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "0" * 64), path).removeprefix("/api/v1")
            answer = await inside.client.request(method.upper(), url, json=None if method == "get" else {})
            tried += 1
            if "Hidden" in answer.text or str(inside.other) in answer.text.replace(url, ""):
                holes.append(f"{method} {path} tells of the other driver")
            if "{" in path and "/shared/" in path and answer.status_code != 404:
                holes.append(f"{method} {path}: {answer.status_code} {answer.text}")
            demanded = "security" in operations[method]
            if demanded and answer.status_code != 401:
                holes.append(f"{method} {path} answers an auditor's cookie: {answer.status_code}")
    assert not holes, "\n".join(holes)
    assert tried > 80


async def test_lists_counts_and_look_ups_of_the_services_know_nobody_else(inside: Inside) -> None:
    async with inside.app.database.share_door(inside.caller) as door:
        page = await list_drivers(door, inside.app, inside.caller, "en", DriverQuery())
        board = await summary(door, inside.app.clock, inside.caller, "en", None)
        due = await upcoming(door, inside.app, inside.caller, "en", UpcomingQuery(days=366))
        assert (page.items, page.total, board.drivers, board.terminals, due.items) == ([], 0, 0, [], [])
        assert await reachable(door, inside.caller, [inside.shared, inside.other]) == {inside.shared}
        assert (await access_driver(door, inside.caller, inside.shared)).id == inside.shared
        assert (await read_driver(door, inside.caller, inside.shared)).id == inside.shared
        for refused in (access_driver, read_driver):
            with pytest.raises(DriverNotFound):
                await refused(door, inside.caller, inside.other)


async def test_sql_that_names_no_share_sees_only_its_drivers(inside: Inside) -> None:
    async with inside.app.database.share_door(inside.caller) as door:
        assert [row["id"] for row in await door.fetch("select id from drivers")] == [inside.shared]
        assert [row["driver_id"] for row in await door.fetch("select driver_id from documents")] == [inside.shared]
        assert [row["driver_id"] for row in await door.fetch("select driver_id from evidence")] == [inside.shared]


async def test_the_door_is_read_only_and_a_writing_one_touches_nothing_outside(inside: Inside) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with inside.app.database.share_door(inside.caller) as door:
            await door.execute("update drivers set first_name = 'x' where carrier_id = $1", door.carrier_id)
    async with inside.app.database.share_door(inside.caller, writing=True) as door:
        tag = await door.execute(
            "update drivers set phone = phone where carrier_id = $1 and id = $2", door.carrier_id, inside.other
        )
        assert tag == "UPDATE 0"


async def test_a_token_never_carries_a_share(inside: Inside) -> None:
    """Even a token that somebody issued for such a caller opens no door: its session is of another kind."""
    token = inside.app.keys.issue(inside.caller)
    answer = await inside.client.get("/drivers", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
