"""The dry run: preview, correct the mapping, confirm, cancel."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.roster import pipeline
from dot_copilot.features.roster.tasks import drop_old_previews
from tests.api.roster.conftest import Work
from tests.api.roster.files import ANA, HEADER, csv_bytes, read, rows_of, started
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
DRIVERS = "select employee_id, first_name, email from drivers where carrier_id = $1 order by employee_id"


async def preview(world: World, work: Work, content: bytes, **form: str) -> dict[str, Any]:
    """A dry run, carried out."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, content, dry_run="true", **form)
    await work()
    return await read(manager, job)


async def test_a_dry_run_reports_and_touches_nothing(world: World, work: Work) -> None:
    seen = await preview(world, work, csv_bytes([ANA, ["0043", "Bo", "Lee", "1.2.2024", "Phoenix", "Q", "", "", ""]]))
    assert (seen["state"], seen["dry_run"], seen["progress"]) == ("preview", True, 1.0)
    assert (seen["total"], seen["imported"], seen["skipped"], seen["error_count"]) == (2, 0, 1, 2)
    assert [(error["row"], error["column"]) for error in seen["errors"]] == [(3, "Hire Date"), (3, "CDL Class")]
    assert await rows_of(world, DRIVERS) == []
    assert len(await rows_of(world, "select 1 from terminals where carrier_id = $1")) == 1
    column = seen["mapping"][6]
    assert column == {
        "column": "CDL Exp", "field": "cdl_expires_on", "samples": ["2029-05-01"],
        "guessed": True, "confidence": 1.0, "note": None,
    }  # fmt: skip
    fields = {field["field"]: field for field in seen["fields"]}
    assert [key for key, field in fields.items() if field["required"]] == ["employee_id", "first_name", "last_name"]
    assert fields["ch_annual"]["label"] == "Clearinghouse annual query: date"


async def test_new_terminals_are_announced(world: World, work: Work) -> None:
    seen = await preview(world, work, csv_bytes([[*ANA[:4], "Waco", *ANA[5:]]]))
    assert seen["notes"] == ["New terminals, in the carrier's default time zone: 'Waco'."]


async def test_labels_speak_spanish(world: World, work: Work) -> None:
    seen = await preview(world, work, csv_bytes([ANA]))
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.get(f"/roster-imports/{seen['id']}", headers={"Accept-Language": "es"})
    assert answer.json()["fields"][0]["label"] == "Número de empleado"


async def test_a_preview_is_confirmed(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    seen = await preview(world, work, csv_bytes([ANA]))
    answer = await manager.post(f"/roster-imports/{seen['id']}/confirm")
    assert (answer.status_code, answer.json()["state"], answer.json()["dry_run"]) == (202, "queued", False)
    await work()
    done = await read(manager, seen)
    assert (done["state"], done["imported"]) == ("done", 1)
    assert [row["employee_id"] for row in await rows_of(world, DRIVERS)] == ["0042"]
    again = await manager.post(f"/roster-imports/{seen['id']}/confirm")
    assert again.status_code == 409
    assert again.json()["type"].endswith("/roster-import-state")


async def test_the_mapping_is_corrected_and_read_anew(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    header = ["Code", "First Name", "Last Name", "Contact"]
    seen = await preview(
        world, work, csv_bytes([["7", "Ana", "Ruiz", "ana@example.com"], ["8", "Bo", "Lee", "none of it"]], header)
    )
    assert seen["problem"] == "No column is mapped to 'Employee id'. Say which columns hold it."
    assert (await manager.post(f"/roster-imports/{seen['id']}/confirm")).status_code == 422
    change = {"mapping": {"Code": "employee_id", "Contact": "email"}}
    answer = await manager.put(f"/roster-imports/{seen['id']}/mapping", json=change)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    await work()
    corrected = await read(manager, seen)
    assert (corrected["state"], corrected["problem"], corrected["error_count"]) == ("preview", None, 1)
    assert [(c["field"], c["guessed"]) for c in corrected["mapping"] if c["column"] == "Code"] == [("employee_id", False)]
    await manager.put(f"/roster-imports/{seen['id']}/mapping", json={"mapping": {"Contact": None}})
    await work()
    assert (await read(manager, seen))["error_count"] == 0
    await manager.post(f"/roster-imports/{seen['id']}/confirm")
    await work()
    assert [(row["employee_id"], row["email"]) for row in await rows_of(world, DRIVERS)] == [("7", None), ("8", None)]


async def test_a_mapping_that_makes_no_sense_is_refused_by_column(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    seen = await preview(world, work, csv_bytes([ANA]))
    answer = await manager.put(f"/roster-imports/{seen['id']}/mapping", json={"mapping": {"Nope": None, "Terminal": "shoe_size"}})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["Nope", "Terminal"]
    assert (await read(manager, seen))["state"] == "preview"


async def test_a_mapping_can_come_with_the_file(world: World, work: Work) -> None:
    seen = await preview(world, work, csv_bytes([[*ANA[:4], "x", *ANA[5:]]]), mapping='{"Terminal": null}')
    assert next(column["field"] for column in seen["mapping"] if column["column"] == "Terminal") is None


async def test_errors_come_in_pages(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    rows = [[f"{n}", "Ana", "Ruiz", "bad", "Dallas", "", "", "", ""] for n in range(250)]
    seen = await preview(world, work, csv_bytes(rows))
    assert (len(seen["errors"]), seen["error_count"]) == (100, 250)
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = (
            await manager.get(
                f"/roster-imports/{seen['id']}/errors", params={"limit": 90} | ({"cursor": cursor} if cursor else {})
            )
        ).json()
        found += [error["row"] for error in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == list(range(2, 252))


async def test_the_list_of_imports_comes_in_pages_newest_first(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = [(await preview(world, work, csv_bytes([ANA])))["id"] for _ in range(3)]
    first = (await manager.get("/roster-imports", params={"limit": 2})).json()
    rest = (await manager.get("/roster-imports", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


async def test_a_preview_is_cancelled_and_its_file_removed(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    seen = await preview(world, work, csv_bytes([ANA]))
    answer = await manager.post(f"/roster-imports/{seen['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    await work()
    (row,) = await rows_of(world, "select blob_name from roster_imports where carrier_id = $1")
    with pytest.raises(FileNotFoundError):
        async for _ in world.worker.blobs.stream(row["blob_name"]):
            pass
    assert (await manager.post(f"/roster-imports/{seen['id']}/cancel")).status_code == 409


async def test_a_running_import_stops_at_its_next_batch(world: World, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    rows = [[f"{n:05}", "Ana", "Ruiz", "2024-01-15", "Dallas", "", "", "", ""] for n in range(2000)]
    job = await started(manager, csv_bytes(rows))
    monkeypatch.setattr(pipeline, "_count", cancelling(pipeline._count, manager, job))
    await work()
    stopped = await read(manager, job)
    assert stopped["state"] == "cancelled"
    written = await rows_of(world, DRIVERS)
    assert 0 < len(written) == stopped["imported"] < 2000


def cancelling(count: Any, manager: Any, job: dict[str, Any]) -> Any:
    """`_count` that asks to cancel; the request waits for the batch, whose transaction holds the row."""
    asked: set[asyncio.Task[Any]] = set()

    async def wrapped(*args: Any) -> None:
        await count(*args)
        asked.add(asyncio.create_task(manager.post(f"/roster-imports/{job['id']}/cancel")))

    return wrapped


async def test_the_sample_is_a_roster_without_errors(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    sample = await manager.get("/roster-imports/sample.csv")
    assert sample.headers["content-type"] == "text/csv; charset=utf-8"
    seen = await preview(world, work, sample.content)
    assert (seen["total"], seen["errors"], [c["column"] for c in seen["mapping"] if c["field"] is None]) == (6, [], [])
    assert HEADER[0] in sample.text


async def test_a_preview_that_nobody_confirms_is_given_up_after_a_month(world: World, work: Work) -> None:
    old, new = await preview(world, work, csv_bytes([ANA])), await preview(world, work, csv_bytes([ANA]))
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            "update roster_imports set finished_at = now() - interval '31 days' where carrier_id = $1 and id = $2",
            world.carrier_id,
            UUID(old["id"]),
        )
    await drop_old_previews(0)
    await work()
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert [(await read(manager, job))["state"] for job in (old, new)] == ["cancelled", "preview"]


async def test_watching_an_import_takes_three_queries_in_the_door(world: World, work: Work, queries: Queries) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    seen = await preview(world, work, csv_bytes([[f"{n}", "Ana", "Ruiz", "bad", "", "", "", "", ""] for n in range(150)]))
    queries.clear()
    await read(manager, seen)
    begin, *reads, commit = queries.statements
    assert begin.startswith("BEGIN")
    assert len(reads) == 3  # the import, the carrier's own requirements, the first errors
    assert commit == "COMMIT"
