"""What an auditor of a share did: told by the name they gave, wherever the log is read."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.audit.test_export import exported
from tests.api.mcp_server.assistant import assistant
from tests.api.shares.auditing import PERSON, anybody, come_in, hire, share, try_in
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOWN = 'Pat Auditor, FMCSA Texas Division (visitor of the share "Audit of May")'


async def visited(world: World) -> dict[str, Any]:
    """A share of a driver, which an auditor has looked through and left; somebody else then tried the used code."""
    driver = await hire(world, 1)
    made = await share(world, driver)
    auditor = await come_in(world, made)
    for path in ("/shared/drivers", f"/shared/drivers/{driver}/file"):
        assert (await auditor.get(path)).status_code == 200
    assert (await auditor.post("/shared/sign-out")).status_code == 204
    await try_in(anybody(world, "203.0.113.9"), made, name="Mal Ory", organisation="Nobody & Co")
    return made


async def entries(world: World, **filters: str) -> list[dict[str, Any]]:
    """Entries as a carrier's auditor reads them, the newest first."""
    answer = await (await world.as_role(Role.AUDITOR)).get("/audit", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_visitor_is_named_in_every_entry_of_theirs(world: World) -> None:
    made = await visited(world)
    items = [item for item in await entries(world, action="share.*") if item["action"] != "share.created"]
    told = {"share_id": made["id"], "share": "Audit of May"}
    assert [(item["action"], item["visitor"]) for item in items] == [
        ("share.used_code", told | {"name": "Mal Ory", "organisation": "Nobody & Co"}),
        *((f"share.{act}", told | PERSON) for act in ("signed_out", "opened_file", "opened_list", "signed_in")),
    ]
    assert all(item["actor"] is None for item in items)


async def test_who_has_an_account_and_the_system_are_no_visitors(world: World) -> None:
    await visited(world)
    (created,) = await entries(world, action="share.created")
    assert (created["visitor"], created["actor"]["id"]) == (None, str(world.users[Role.SAFETY_MANAGER]))
    async with world.worker.database.job_door(world.carrier_id) as door:
        for via in ("job", "share:", "share:" + "-" * 36):
            await door.execute("select app.audit(null, $1, 'thing.done', 'thing', 't', '{\"name\": \"A thing\"}')", via)
    assert [item["visitor"] for item in await entries(world, action="thing.done")] == [None] * 3


@pytest.mark.parametrize("person", ["pat aud", "texas DIVISION", "Pat Auditor, FMCSA Texas Division"])
async def test_a_visitor_is_found_by_a_part_of_name_or_organisation(world: World, person: str) -> None:
    await visited(world)
    assert [item["action"] for item in await entries(world, person=person)] == [
        f"share.{act}" for act in ("signed_out", "opened_file", "opened_list", "signed_in")
    ]


async def test_the_file_names_the_visitor(world: World) -> None:
    await visited(world)
    rows = await exported(world, action="share.opened_file")
    assert [(row["who"], row["address"]) for row in rows] == [(SHOWN, "")]


async def test_an_assistant_reads_the_visitors_name(world: World) -> None:
    await visited(world)
    async with assistant(world, Role.ADMIN) as bot:
        found, lines = await bot.both("audit_trail", action="share.opened_file")
        assert found["items"][0]["visitor"]["name"] == "Pat Auditor"
        assert f"UTC {SHOWN} via share:" in lines
        found = await bot.ask("audit_trail", person="pat auditor", action="share.signed_in")
        assert len(found["items"]) == 1


async def test_reading_changes_nothing_in_the_log(world: World) -> None:
    await visited(world)
    before = [(item["seq"], item["hash"], item["details"]) for item in await entries(world)]
    assert [(item["seq"], item["hash"], item["details"]) for item in await entries(world)] == before
    assert (await (await world.as_role(Role.AUDITOR)).get("/audit/verify")).json()["ok"] is True
