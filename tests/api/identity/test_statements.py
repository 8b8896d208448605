"""How many SQL statements a request costs: a door's two (begin and enter in one, commit) and what the request itself needs."""

from __future__ import annotations

import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.people import PASSWORD, attempt, device, person
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("path", "count"), [("/me", 4), ("/me/sessions", 3), ("/users", 3), ("/audit", 4), ("/audit/verify", 4)])
async def test_reads(world: World, queries: Queries, path: str, count: int) -> None:
    admin = await world.as_role(Role.ADMIN)
    await admin.get(path)
    queries.clear()
    assert (await admin.get(path)).status_code == 200
    assert len(queries.statements) == count, queries.statements
    assert queries.statements[0].startswith("BEGIN;SELECT app.enter(")
    assert queries.statements[-1] == "COMMIT"


async def test_signing_in_and_refreshing(world: World, queries: Queries) -> None:
    maria, client = await person(world), device(world)
    queries.clear()
    assert (await attempt(client, maria.email, PASSWORD)).status_code == 200
    # Count, find, read with the second factor and the roles that need one in a door, clear; then read and lock,
    # update, session, audit, token in the second door.
    assert len(queries.statements) == 1 + 1 + 5 + 1 + 7, queries.statements
    queries.clear()
    assert (await client.post("/auth/refresh")).status_code == 200
    # Find; then lock, read, replace, extend, token in a door.
    assert len(queries.statements) == 1 + 7, queries.statements
