"""From a file to drivers, over HTTP, with the worker."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.features.drivers import bulk_repository
from tests.api.roster.conftest import Work
from tests.api.roster.files import ANA, HEADER, csv_bytes, imported, read, rows_of, started
from tests.support.world import World
from tests.unit.roster.workbooks import workbook

pytestmark = pytest.mark.asyncio(loop_scope="session")
BO = ["0043", "Bo", "Lee", "2023-05-02", "El Paso", "B", "2027-01-01", "", ""]
EVIDENCE = "select * from evidence where carrier_id = $1 order by driver_id, requirement, obtained_on"
DRIVERS = "select * from drivers where carrier_id = $1 order by employee_id"


async def test_a_roster_becomes_drivers_employments_profiles_and_evidence(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes([ANA]))
    assert job["state"] == "queued"
    await work()
    done = await read(manager, job)
    assert (done["state"], done["total"], done["imported"], done["updated"], done["skipped"]) == ("done", 1, 1, 0, 0), done
    assert done["progress"] == 1.0
    (driver,) = await rows_of(world, DRIVERS)
    assert (driver["employee_id"], driver["first_name"], driver["terminal_id"]) == ("0042", "Ana", world.terminal_id)
    (profile,) = await rows_of(world, "select * from driver_profiles where carrier_id = $1")
    assert (profile["cdl_class"], profile["interstate"], profile["endorsements"]) == ("A", None, None)
    (employment,) = await rows_of(world, "select * from employments where carrier_id = $1")
    assert (employment["hired_on"], employment["terminated_on"]) == (date(2024, 1, 15), None)
    found = await rows_of(world, EVIDENCE)
    assert [(e["requirement"], str(e["obtained_on"]), str(e["expires_on"]), e["provenance"]) for e in found] == [
        ("cdl", "2024-01-15", "2029-05-01", "roster"),
        ("mec", "2026-03-01", "2028-03-01", "roster"),
    ]
    assert [e["details"] for e in found] == [
        {"roster_import": job["id"], "row": 2, "dated": False},  # only its expiry was in the file
        {"roster_import": job["id"], "row": 2},
    ]
    assert {e["recorded_by"] for e in found} == {world.users[Role.SAFETY_MANAGER]}
    standing = await rows_of(world, "select * from driver_standing where carrier_id = $1")
    assert [row["driver_id"] for row in standing] == [driver["id"]]


async def test_the_same_file_again_adds_nothing(world: World, work: Work) -> None:
    first = await imported(world, work, csv_bytes([ANA, BO]))
    before = [await rows_of(world, sql) for sql in (DRIVERS, EVIDENCE)]
    again = await imported(world, work, csv_bytes([ANA, BO]))
    assert (first["imported"], first["updated"]) == (2, 0)
    assert (again["imported"], again["updated"], again["skipped"]) == (2, 2, 0)
    assert [await rows_of(world, sql) for sql in (DRIVERS, EVIDENCE)] == before
    assert before[0][0]["version"] == 1


async def test_empty_cells_clear_nothing_and_new_dates_are_added(world: World, work: Work) -> None:
    header = [*HEADER, "Email", "Interstate", "Term Date"]
    await imported(world, work, csv_bytes([[*ANA, "ana@example.com", "yes", ""]], header))
    await imported(
        world, work, csv_bytes([["0042", "Ana", "Ruiz", "", "", "", "", "2026-10-01", "2028-10-01", "", "", ""]], header)
    )
    (driver,) = await rows_of(world, DRIVERS)
    assert (driver["email"], driver["terminal_id"]) == ("ana@example.com", world.terminal_id)
    (profile,) = await rows_of(world, "select * from driver_profiles where carrier_id = $1")
    assert (profile["interstate"], profile["cdl_class"]) == (True, "A")
    assert [str(e["obtained_on"]) for e in await rows_of(world, EVIDENCE)] == ["2024-01-15", "2026-03-01", "2026-10-01"]
    await imported(
        world, work, csv_bytes([["0042", "Ana", "Ruiz", "2024-01-15", "", "", "", "", "", "", "", "2026-11-01"]], header)
    )
    employments = await rows_of(world, "select * from employments where carrier_id = $1")
    assert [(e["hired_on"], e["terminated_on"]) for e in employments] == [(date(2024, 1, 15), date(2026, 11, 1))]


async def test_what_a_person_has_voided_does_not_come_back(world: World, work: Work) -> None:
    await imported(world, work, csv_bytes([ANA]))
    manager = await world.as_role(Role.SAFETY_MANAGER)
    medical = next(e for e in await rows_of(world, EVIDENCE) if e["requirement"] == "mec")
    answer = await manager.post(f"/evidence/{medical['id']}/void", json={"reason": "the card was another driver's"})
    assert answer.status_code == 200, answer.text
    await imported(world, work, csv_bytes([ANA]))
    assert [e["voided_at"] is None for e in await rows_of(world, EVIDENCE) if e["requirement"] == "mec"] == [False]


async def test_a_date_a_person_has_recorded_is_not_recorded_again(world: World, work: Work) -> None:
    await imported(world, work, csv_bytes([[*ANA[:7], "", ""]]))
    manager = await world.as_role(Role.SAFETY_MANAGER)
    (driver,) = await rows_of(world, DRIVERS)
    body = {"requirement": "mec", "obtained_on": "2026-03-01", "expires_on": "2028-03-01"}
    assert (await manager.post(f"/drivers/{driver['id']}/evidence", json=body)).status_code == 201
    await imported(world, work, csv_bytes([ANA]))
    assert [e["provenance"] for e in await rows_of(world, EVIDENCE) if e["requirement"] == "mec"] == ["manual"]


async def test_terminals_are_found_by_name_or_created_and_reported(world: World, work: Work) -> None:
    rows = [
        ANA,
        BO,
        ["0044", "Cy", "Fox", "2023-05-02", "el paso", "A", "", "", ""],
        ["0045", "Di", "Ray", "", "DALLAS", "", "", "", ""],
    ]
    done = await imported(world, work, csv_bytes(rows))
    terminals = {row["id"]: row for row in await rows_of(world, "select * from terminals where carrier_id = $1")}
    places = [terminals[driver["terminal_id"]]["name"] for driver in await rows_of(world, DRIVERS)]
    assert places == ["Dallas", "El Paso", "El Paso", "Dallas"]
    assert {row["time_zone"] for row in terminals.values()} == {"America/Chicago"}
    assert any("Terminal 'El Paso' was created" in note for note in done["notes"])


async def test_drivers_without_a_terminal_go_to_the_only_one_or_wait_unassigned(world: World, work: Work) -> None:
    homeless = ["0050", "Ed", "Day", "2023-05-02", "", "A", "", "", ""]
    await imported(world, work, csv_bytes([homeless]))
    assert [row["terminal_id"] for row in await rows_of(world, DRIVERS)] == [world.terminal_id]
    await world.add_terminal("Phoenix", "America/Phoenix")
    await imported(world, work, csv_bytes([homeless, ["0051", *homeless[1:]]]))
    names = await rows_of(
        world,
        "select t.name from drivers d join terminals t on (t.carrier_id, t.id) = (d.carrier_id, d.terminal_id) "
        "where d.carrier_id = $1 order by d.employee_id",
    )
    assert [row["name"] for row in names] == ["Dallas", "Unassigned"]


async def test_rows_with_errors_are_left_out_and_the_others_go_in(world: World, work: Work) -> None:
    bad = ["0044", "Cy", "Fox", "2023-05-02", "Dallas", "A", "1/1/27", "", ""]
    done = await imported(world, work, csv_bytes([ANA, bad, BO, ANA]))
    assert (done["total"], done["imported"], done["skipped"], done["error_count"]) == (4, 2, 2, 2)
    assert done["errors"] == [
        {"row": 3, "column": "CDL Exp", "value": "1/1/27", "problem": done["errors"][0]["problem"]},
        {"row": 5, "column": "Employee ID", "value": "0042", "problem": done["errors"][1]["problem"]},
    ]
    assert "two digits" in done["errors"][0]["problem"]
    assert [row["employee_id"] for row in await rows_of(world, DRIVERS)] == ["0042", "0043"]


async def test_a_hire_that_overlaps_a_recorded_employment_is_an_error_of_its_row(world: World, work: Work) -> None:
    await imported(world, work, csv_bytes([ANA]))
    done = await imported(world, work, csv_bytes([[*ANA[:3], "2025-01-15", *ANA[4:]], BO]))
    assert (done["imported"], done["skipped"], done["error_count"]) == (1, 1, 1)
    assert "recorded as hired on 2024-01-15 and still employed" in done["errors"][0]["problem"]
    employments = await rows_of(world, "select hired_on from employments where carrier_id = $1 order by hired_on")
    assert [row["hired_on"] for row in employments] == [date(2023, 5, 2), date(2024, 1, 15)]


async def test_a_rehire_is_a_new_employment(world: World, work: Work) -> None:
    header = [*HEADER, "Term Date"]
    await imported(world, work, csv_bytes([[*ANA, "2024-06-30"]], header))
    done = await imported(world, work, csv_bytes([[*ANA[:3], "2025-01-15", *ANA[4:], ""]], header))
    assert done["errors"] == []
    employments = await rows_of(world, "select * from employments where carrier_id = $1 order by hired_on")
    assert [e["terminated_on"] for e in employments] == [date(2024, 6, 30), None]


async def test_a_workbook_is_imported_like_a_csv(world: World, work: Work, tmp_path: Any) -> None:
    path = workbook(
        tmp_path / "a.xlsx", [HEADER, ["0042", "Ana", "Ruiz", date(2024, 1, 15), "Dallas", "A", date(2029, 5, 1), None, None]]
    )
    await imported(world, work, path.read_bytes())
    assert [(str(e["obtained_on"]), str(e["expires_on"])) for e in await rows_of(world, EVIDENCE)] == [
        ("2024-01-15", "2029-05-01")
    ]


async def test_every_batch_and_step_is_audited_and_the_file_is_gone(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes([ANA]))
    (row,) = await rows_of(world, "select blob_name from roster_imports where carrier_id = $1")
    assert await stored(world.worker, row["blob_name"])
    await work()
    assert not await stored(world.worker, row["blob_name"])
    entries = [entry for entry in await world.audit_log() if entry["subject_type"] == "roster_import"]
    assert [e["action"] for e in entries] == ["roster_import.started", "roster_import.written", "roster_import.finished"]
    assert {str(e["actor_id"]) for e in entries} == {str(world.users[Role.SAFETY_MANAGER])}
    (driver,) = await rows_of(world, DRIVERS)
    assert entries[1]["details"] == {"rows": [2, 2], "created": [str(driver["id"])], "changed": []}
    assert entries[2]["details"] == {"total": 1, "imported": 1, "updated": 0, "skipped": 0}
    assert {e["subject_id"] for e in entries} == {job["id"]}


async def stored(platform: Platform, name: str) -> bool:
    """Whether the store holds that object."""
    try:
        async for _ in platform.blobs.stream(name):
            return True
    except FileNotFoundError:
        return False
    return False


async def test_a_thousand_drivers_take_a_bounded_number_of_statements(
    world: World, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    upsert = bulk_repository.upsert_drivers

    async def counted(door: Any, drivers: Any, default: Any) -> Any:
        calls.append(len(drivers))
        return await upsert(door, drivers, default)

    monkeypatch.setattr(bulk_repository, "upsert_drivers", counted)
    rows = [
        [f"{n:05}", "Ana", f"Ruiz {n}", "2024-01-15", "Dallas", "A", "2029-05-01", "2026-03-01", "2028-03-01"]
        for n in range(1001)
    ]
    done = await imported(world, work, csv_bytes(rows))
    assert done["imported"] == 1001
    assert calls == [500, 500, 1]
    assert len(await rows_of(world, "select 1 from evidence where carrier_id = $1")) == 2002
