"""The reading tools, each by a worked example, through the real protocol in both eras."""

from __future__ import annotations

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.compliance import upkeep
from tests.api.mcp_server.assistant import Era, assistant, hire, record
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("era", ["2026-07-28", "legacy"])
async def test_both_eras_list_and_call(world: World, era: Era) -> None:
    await hire(world, "E1")
    async with assistant(world, era=era) as bot:
        tools = (await bot.client.list_tools()).tools
        assert [tool.name for tool in tools] == [
            *("search_drivers", "driver_file", "compliance_summary", "expiring_soon", "explain_requirement", "record_evidence"),
            *("list_documents", "request_document", "upload_document", "review_queue", "draft_packet", "fetch_packet"),
            *("roster_import_status", "audit_trail"),
        ]
        assert all(tool.title and tool.description and tool.output_schema and tool.annotations for tool in tools)
        writers = [tool.name for tool in tools if not (tool.annotations and tool.annotations.read_only_hint)]
        assert writers == ["record_evidence", "request_document", "upload_document", "draft_packet"]
        assert (await bot.ask("search_drivers", query="ruiz"))["total"] == 1
        assert bot.client.protocol_version == ("2025-11-25" if era == "legacy" else era)


async def test_whose_medical_card_runs_out_before_thanksgiving_in_dallas(world: World) -> None:
    """One call with the words of the question: a CDL holder's card, another's, one too late, one elsewhere."""
    houston = await world.add_terminal("Houston", "America/Chicago")
    soon = await hire(world, "S1", first_name="Sam", last_name="Soon")
    sooner = await hire(world, "S2", first_name="Sue", last_name="Sooner", profile={"cdl_class": "none", "interstate": True})
    late = await hire(world, "L1", first_name="Lee", last_name="Late")
    away = await hire(world, "A1", first_name="Al", last_name="Away", terminal_id=str(houston))
    await record(world, soon, "mec_cdlis", "2024-11-25", expires_on="2026-11-25")
    await record(world, sooner, "mec", "2024-11-24", expires_on="2026-11-24")
    await record(world, late, "mec_cdlis", "2024-11-26", expires_on="2026-11-26")
    await record(world, away, "mec_cdlis", "2024-11-24", expires_on="2026-11-24")
    question = {"requirement": "medical card", "terminal": "dallas", "from": "2026-11-01", "until": "2026-11-25"}
    async with assistant(world) as bot:
        found, text = await bot.both("expiring_soon", **question)
        assert [(due["driver"]["name"], due["due_on"]) for due in found["items"]] == [
            ("Sue Sooner", "2026-11-24"),
            ("Sam Soon", "2026-11-25"),
        ]
        assert (found["total"], found["as_of"], found["until"]) == (2, "2026-11-01", "2026-11-25")
        assert "2026-11-24 Sue Sooner (Dallas)" in text
        assert found["days"] == [{"date": "2026-11-24", "count": 1}, {"date": "2026-11-25", "count": 1}]


async def test_pages_of_several_requirements_are_one_list(world: World) -> None:
    """Three requirements ('medical card'), pages of two: everything once, in order, and the same each time."""
    for number in range(7):
        driver = await hire(world, f"P{number}", profile={"cdl_class": "none" if number % 2 else "A", "interstate": True})
        day = f"2026-12-{10 + number // 2:02}"
        await record(world, driver, "mec" if number % 2 else "mec_cdlis", "2025-06-01", expires_on=day)
    question = {"requirement": "medical card", "from": "2026-11-01", "until": "2026-12-12", "limit": 2}
    async with assistant(world) as bot:
        found, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page = await bot.ask("expiring_soon", **question, **({"cursor": cursor} if cursor else {}))
            assert page["total"] == (6 if pages == 0 else None)
            found += [(due["due_on"], due["driver"]["id"]) for due in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        assert len(found) == len(set(found)) == 6
        assert [day for day, _ in found] == sorted(day for day, _ in found)
        assert pages == 3
        whole = await bot.ask("expiring_soon", **{**question, "limit": 50})
        assert [(due["due_on"], due["driver"]["id"]) for due in whole["items"]] == found


async def test_whose_medical_card_has_run_out(world: World) -> None:
    """'medical card' is one requirement for CDL holders and another for the rest: one search finds both, page by page."""
    for number in range(5):
        profile = {"cdl_class": "none" if number % 2 else "A", "interstate": True}
        driver = await hire(world, f"M{number}", profile=profile)
        await record(world, driver, "mec" if number % 2 else "mec_cdlis", "2024-01-10", expires_on="2026-01-10")
    fine = await hire(world, "OK", profile={"cdl_class": "A", "interstate": True})
    await record(world, fine, "mec_cdlis", "2026-01-10", expires_on="2028-01-10")
    question = {"requirement": "medical card", "state": "expired", "as_of": "2026-06-01", "sort": "employee_id"}
    async with assistant(world) as bot:
        whole = await bot.ask("search_drivers", **question)
        assert [row["employee_id"] for row in whole["items"]] == ["M1", "M3", "M0", "M2", "M4"]
        assert (whole["total"], whole["requirements"]) == (5, ["mec", "mec_12", "mec_cdlis"])
        found, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page = await bot.ask("search_drivers", **question, limit=2, **({"cursor": cursor} if cursor else {}))
            assert page["total"] == (5 if pages == 0 else None)
            found += [row["employee_id"] for row in page["items"]]
            cursor, pages = page["next_cursor"], pages + 1
        assert found == ["M1", "M3", "M0", "M2", "M4"]
        one = await bot.ask("search_drivers", **{**question, "requirement": "mec_cdlis"}, limit=2)
        assert (one["total"], len(one["items"])) == (3, 2)


async def test_a_driver_file_says_why(world: World) -> None:
    """Hired 2026-10-23 without a safety performance history: due on 2026-11-22, overdue on 2026-11-23."""
    await hire(world, "F1", "2026-10-23", first_name="María", last_name="Núñez")
    async with assistant(world) as bot:
        due = await bot.ask("driver_file", driver="maria nunez", as_of="2026-11-22", requirement="sph")
        assert [(item["state"], item["due_on"]) for item in due["items"]] == [("due", "2026-11-22")]
        late, text = await bot.both("driver_file", driver="F1", as_of="2026-11-23", requirement="sph")
        (item,) = late["items"]
        assert item["state"] == "overdue"
        assert item["citations"][0]["cfr"].startswith("49 CFR 391.23")
        assert len(item["explanation"]["steps"]) >= 2
        assert late["may_drive"] is False
        assert "may NOT drive" in text
        spanish = await bot.text("driver_file", driver="F1", as_of="2026-11-23", requirement="sph", language="es")
        assert "NO puede conducir" in spanish
        gaps = await bot.ask("driver_file", driver="F1", as_of="2026-11-23", items="attention")
        whole = await bot.ask("driver_file", driver="F1", as_of="2026-11-23", items="all")
        assert {"valid", "not_applicable"}.isdisjoint(entry["state"] for entry in gaps["items"])
        assert sum(whole["counts"].values()) == len(whole["items"]) > len(gaps["items"])


async def test_an_ambiguous_name_is_answered_with_the_names(world: World) -> None:
    await hire(world, "T1", first_name="Tom", last_name="Reed")
    await hire(world, "T2", first_name="Tom", last_name="Reeder")
    async with assistant(world) as bot:
        told = await bot.refused("driver_file", driver="tom")
        assert "Tom Reed (employee id T1, Dallas)" in told
        assert "Tom Reeder (employee id T2, Dallas)" in told
        assert (await bot.ask("driver_file", driver="Tom Reed"))["driver"]["employee_id"] == "T1"
        assert (await bot.ask("driver_file", driver="t2"))["driver"]["employee_id"] == "T2"
        assert "No driver is called 'nobody'" in await bot.refused("driver_file", driver="nobody")
        assert "Say which driver" in await bot.refused("driver_file")


async def test_counts_of_the_carrier_and_of_one_terminal(world: World) -> None:
    houston = await world.add_terminal("Houston", "America/Chicago")
    for number in range(3):
        await hire(world, f"C{number}", terminal_id=str(houston if number else world.terminal_id))
    await upkeep.fold(world.worker.database, world.carrier_id)
    async with assistant(world) as bot:
        whole, text = await bot.both("compliance_summary", as_of="2026-11-22")
        assert (whole["drivers"], whole["cannot_drive"]) == (3, 3)
        assert [(place["name"], place["drivers"]) for place in whole["terminals"]] == [("Dallas", 1), ("Houston", 2)]
        assert "3 of 3 drivers may NOT drive" in text
        part = await bot.ask("compliance_summary", as_of="2026-11-22", terminal="Houston")
        assert (part["drivers"], [place["name"] for place in part["terminals"]]) == (2, ["Houston"])
        reasons = {reason["requirement"]: reason["drivers"] for reason in part["by_reason"]}
        assert set(reasons.values()) == {2}


async def test_a_requirement_is_explained_by_key_or_by_name(world: World) -> None:
    async with assistant(world) as bot:
        one, text = await bot.both("explain_requirement", requirement="hm_train")
        (entry,) = one["items"]
        assert entry["citations"][0]["cfr"].startswith("49 CFR 172.704")
        assert "Renewal: Every 3 years" in text
        named = await bot.ask("explain_requirement", requirement="safety performance history")
        assert [item["key"] for item in named["items"]] == ["sph"]
        card = await bot.ask("explain_requirement", requirement="medical card")
        assert [item["key"] for item in card["items"]] == ["mec", "mec_12", "mec_cdlis"]
        everything = await bot.ask("explain_requirement")
        assert len(everything["items"]) > 25
        spanish = await bot.ask("explain_requirement", requirement="sph", language="es")
        assert spanish["items"][0]["title"] != named["items"][0]["title"]
        told = await bot.refused("explain_requirement", requirement="unicorn")
        assert "There is no requirement 'unicorn'" in told
        assert "mec_cdlis" in told


async def test_lists_and_reads_may_be_cached_privately(world: World) -> None:
    driver = await hire(world, "R1")
    async with assistant(world) as bot:
        one, other = await bot.client.list_tools(), await bot.client.list_tools()
        assert one == other
        assert one.cache_scope == "private"
        assert one.ttl_ms > 0
        listed = await bot.client.list_resources()
        assert [str(resource.uri) for resource in listed.resources] == ["dot-copilot://requirements"]
        templates = await bot.client.list_resource_templates()
        assert [template.uri_template for template in templates.resource_templates] == ["dot-copilot://drivers/{id}/file{?as_of}"]
        catalogue = await bot.client.read_resource("dot-copilot://requirements")
        assert "49 CFR 391.45" in catalogue.contents[0].text  # type: ignore[union-attr]
        file = await bot.client.read_resource(f"dot-copilot://drivers/{driver}/file?as_of=2024-01-15")
        assert '"as_of":"2024-01-15"' in file.contents[0].text  # type: ignore[union-attr]
        assert file.cache_scope == "private"


async def test_prompts_are_written_from_their_arguments(world: World) -> None:
    await hire(world, "N1", first_name="Nora", last_name="Diaz")
    async with assistant(world) as bot:
        prompts = (await bot.client.list_prompts()).prompts
        assert [prompt.name for prompt in prompts] == ["prepare_for_audit", "onboard_driver", "weekly_review"]
        audit = await bot.client.get_prompt("prepare_for_audit", {"terminal": "Dallas", "as_of": "2026-12-15"})
        written = audit.messages[0].content.text  # type: ignore[union-attr]
        assert 'terminal="Dallas"' in written
        assert 'as_of="2026-12-15"' in written
        spanish = await bot.client.get_prompt("weekly_review", {"language": "es"})
        assert "revisión semanal" in spanish.messages[0].content.text  # type: ignore[union-attr]
        reference = {"type": "ref/prompt", "name": "onboard_driver"}
        from mcp_types import PromptReference

        driver = await bot.client.complete(PromptReference.model_validate(reference), {"name": "driver", "value": "nor"})
        assert driver.completion.values == ["Nora Diaz"]
        terminal = await bot.client.complete(PromptReference.model_validate(reference), {"name": "terminal", "value": "dal"})
        assert terminal.completion.values == ["Dallas"]


async def test_a_roster_import_is_reported(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    csv = b"Employee ID,First Name,Last Name,Hire Date\n1,Ana,Ruiz,2024-01-15\n"
    answer = await manager.post("/roster-imports", files={"file": ("roster.csv", csv, "text/csv")})
    assert answer.status_code == 202, answer.text
    async with assistant(world) as bot:
        listed, text = await bot.both("roster_import_status")
        assert [one["file_name"] for one in listed["items"]] == ["roster.csv"]
        assert "roster.csv" in text
        one = await bot.ask("roster_import_status", import_id=answer.json()["id"])
        assert one["items"][0]["id"] == answer.json()["id"]
