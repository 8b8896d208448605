"""Recording evidence and reading who did what: the API's rules hold, and the log says through which assistant."""

from __future__ import annotations

import pytest

from dot_copilot.core.caller import Role
from tests.api.mcp_server.assistant import VIA, assistant, hire, record
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_recording_tells_what_changed(world: World) -> None:
    """A missing application becomes valid; the log names the person and the assistant."""
    driver = await hire(world, "E1", first_name="Eva", last_name="Luna")
    async with assistant(world) as bot:
        done, text = await bot.both(
            "record_evidence", driver="eva luna", requirement="application", obtained_on="2024-01-10", note="signed in Dallas"
        )
        assert (done["before"]["state"], done["after"]["state"]) == ("missing", "valid")
        assert done["waits_for_review"] is False
        assert done["evidence"]["note"] == "signed in Dallas"
        assert "missing -> valid" in text
        trail, lines = await bot.both("audit_trail", driver="Eva Luna", action="evidence.*")
        (entry,) = trail["items"]
        assert (entry["action"], entry["via"], entry["subject_id"]) == ("evidence.recorded", VIA, driver)
        assert entry["actor"]["id"] == str(bot.caller.user_id)
        assert entry["details"]["note"] == "signed in Dallas"
        assert f"via {VIA}: evidence.recorded" in lines


async def test_it_is_not_idempotent_and_says_so(world: World) -> None:
    driver = await hire(world, "E1")
    async with assistant(world) as bot:
        (tool,) = [tool for tool in (await bot.client.list_tools()).tools if tool.name == "record_evidence"]
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.idempotent_hint) == (False, False)
        assert (tool.annotations.destructive_hint, tool.annotations.open_world_hint) == (False, False)
        fact = {"driver": "E1", "requirement": "mvr_annual", "obtained_on": "2026-01-10"}
        first, second = await bot.ask("record_evidence", **fact), await bot.ask("record_evidence", **fact)
        assert first["evidence"]["id"] != second["evidence"]["id"]
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert len((await manager.get(f"/drivers/{driver}/evidence")).json()["items"]) == 2


async def test_conflicting_dates_are_shown(world: World) -> None:
    """A printed date beyond the regulatory cap: the cap counts, and the answer says so."""
    await hire(world, "E1")
    async with assistant(world) as bot:
        done, text = await bot.both(
            "record_evidence", driver="E1", requirement="mec_cdlis", obtained_on="2026-01-10", expires_on="2029-01-10"
        )
        assert [conflict["code"] for conflict in done["conflicts"]] == ["printed_past_cap"]
        assert done["after"]["valid_until"] == "2028-01-10"
        assert "! " in text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"obtained_on": "2199-01-01"}, "in the future"),
        ({"expires_on": "2020-01-01"}, "lies before"),
        ({"outcome": "positive"}, "outcome"),
        ({"requirement": "unicorn"}, "There is no requirement 'unicorn'"),
        ({"requirement": "medical card"}, "'mec' or 'mec_12' or 'mec_cdlis'"),
        ({"obtained_on": "last week"}, "write a date as 2026-11-26"),
        ({"outcome": "splendid"}, "outcome"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"obtained_on": None}, "missing required field `obtained_on`"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"driver": ""}, "Say which driver"),
        ({"driver": "ghost"}, "No driver is called 'ghost'"),
    ],
)
async def test_bad_input_is_explained_and_nothing_is_saved(world: World, changed: dict[str, object], told: str) -> None:
    driver = await hire(world, "E1")
    async with assistant(world) as bot:
        fact = {"driver": "E1", "requirement": "application", "obtained_on": "2024-01-10", **changed}
        assert told in await bot.refused("record_evidence", **fact)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []


async def test_the_audit_trail_by_person_and_day(world: World) -> None:
    driver = await hire(world, "E1")
    await record(world, driver, "application", "2024-01-10")  # by the safety manager, over the web
    async with assistant(world, Role.ADMIN) as bot:
        await bot.ask("record_evidence", driver="E1", requirement="road_test", obtained_on="2024-01-11", outcome=None)
        both = await bot.ask("audit_trail", action="evidence.recorded")
        assert [entry["via"] for entry in both["items"]] == [VIA, "web"]
        one = await bot.ask("audit_trail", action="evidence.recorded", person="TEST SAFETY")
        assert [entry["details"]["requirement"] for entry in one["items"]] == ["application"]
        by_id = await bot.ask("audit_trail", person=str(bot.caller.user_id))
        assert [entry["details"]["requirement"] for entry in by_id["items"]] == ["road_test"]
        assert (await bot.ask("audit_trail", person="nobody at all"))["items"] == []
        assert (await bot.ask("audit_trail", to="2020-01-01"))["items"] == []
        page = await bot.ask("audit_trail", action="evidence.*", limit=1)
        rest = await bot.ask("audit_trail", action="evidence.*", limit=1, cursor=page["next_cursor"])
        assert [entry["seq"] for entry in page["items"] + rest["items"]] == [entry["seq"] for entry in both["items"]]
        assert "cursor is not one of this list" in await bot.refused("audit_trail", cursor=page["next_cursor"])
