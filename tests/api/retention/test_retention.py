"""How long documents are kept, holds, what may go, and letting it go."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.documents import sph
from tests.support import files
from tests.support.uploads import blobs_of, send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def recorded(world: World, driver: UUID, requirement: str, obtained_on: str) -> dict[str, Any]:
    """Evidence with a document."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    content = files.pdf(f"{requirement} {obtained_on} {driver}")
    answer = await send(manager, driver, content, requirement=requirement, obtained_on=obtained_on)
    assert answer.status_code == 201, answer.text
    evidence: dict[str, Any] = answer.json()
    return evidence


async def leaves(world: World, driver: UUID, day: date) -> None:
    """Ends the employment."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            "update employments set terminated_on = $3 where carrier_id = $1 and driver_id = $2", world.carrier_id, driver, day
        )


async def test_each_document_says_until_when_it_is_kept(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    application = await recorded(world, driver, "application", "2020-01-10")
    old = await recorded(world, driver, "mvr_annual", "2021-02-01")
    new = await recorded(world, driver, "mvr_annual", "2026-02-01")
    kept = {each["document_id"]: each for each in (await manager.get(f"/drivers/{driver}/retention")).json()["documents"]}
    employed = kept[application["document"]["id"]]
    assert (employed["clock"], employed["kept_until"], employed["purgeable_from"]) == ("employment", None, None)
    past = kept[old["document"]["id"]]
    assert (past["clock"], past["kept_until"], past["purgeable_from"]) == ("document", "2024-02-01", "2024-02-02")
    assert kept[new["document"]["id"]]["newest"]
    assert kept[new["document"]["id"]]["purgeable_from"] is None, "the record that counts stays while the driver works here"


async def test_three_years_after_the_employment_the_file_may_go_and_is_reported_not_deleted(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver("E9", hired_on=date(2015, 1, 5))
    evidence = await recorded(world, driver, "application", "2015-01-05")
    await leaves(world, driver, date(2022, 11, 22))
    [kept] = (await manager.get(f"/drivers/{driver}/retention")).json()["documents"]
    assert (kept["kept_until"], kept["purgeable_from"]) == ("2025-11-22", "2025-11-23")
    [item] = (await manager.get("/retention/purgeable")).json()["items"]
    assert (item["driver"]["employee_id"], item["document"]["document_id"]) == ("E9", evidence["document"]["id"])
    report = (await manager.get("/retention/purgeable.csv")).text.splitlines()
    assert report[1].startswith("E9,Ana Ruiz,2022-11-22,card.pdf,application,2015-01-05,2025-11-22,")
    assert (await manager.get(f"/documents/{evidence['document']['id']}/content")).status_code == 200


async def test_a_hold_keeps_everything_until_it_is_lifted(world: World) -> None:
    admin, manager = await world.as_role(Role.ADMIN), await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    evidence = await recorded(world, driver, "mvr_annual", "2020-02-01")
    await recorded(world, driver, "mvr_annual", "2026-02-01")
    hold = await manager.post(f"/drivers/{driver}/legal-holds", json={"reason": "Claim 4711 of the accident in May"})
    assert hold.status_code == 201, hold.text
    assert (await manager.post(f"/drivers/{driver}/legal-holds", json={"reason": "once more"})).status_code == 409
    path = f"/documents/{evidence['document']['id']}/purge"
    refused = await admin.post(path, json={"reason": "Its time is over"})
    assert refused.status_code == 409
    assert "A legal hold is on it" in refused.json()["detail"]
    assert (await manager.get("/retention/purgeable")).json()["items"] == []
    lift = f"/legal-holds/{hold.json()['id']}/lift"
    assert (await manager.post(lift, json={"reason": "Claim settled"})).status_code == 403, "an administrator lifts"
    lifted = (await admin.post(lift, json={"reason": "Claim settled"})).json()
    assert lifted["lift_reason"] == "Claim settled"
    assert (await admin.post(lift, json={"reason": "Claim settled"})).status_code == 409
    assert (await manager.get("/legal-holds")).json()["items"] == []
    assert (await admin.post(path, json={"reason": "Its time is over"})).status_code == 200
    assert [entry["action"] for entry in await world.audit_log()][-3:] == [
        "legal_hold.set",
        "legal_hold.lifted",
        "document.purged",
    ]


async def test_a_purge_takes_the_file_and_leaves_what_it_proved(world: World) -> None:
    admin, driver = await world.as_role(Role.ADMIN), await world.add_driver()
    evidence = await recorded(world, driver, "mvr_annual", "2020-02-01")
    document = evidence["document"]["id"]
    path = f"/documents/{document}/purge"
    early = await admin.post(path, json={"reason": "Too early"})
    assert "Its time has not begun to run" in early.json()["detail"]
    await recorded(world, driver, "mvr_annual", "2026-02-01")
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert (await manager.post(path, json={"reason": "Not my right"})).status_code == 403
    purged = await admin.post(path, json={"reason": "Retention is over"})
    assert purged.json()["purged_at"] is not None
    assert (await admin.post(path, json={"reason": "Retention is over"})).status_code == 409
    assert not [name for name in await blobs_of(world) if document in name]
    gone = await admin.get(f"/documents/{document}/content")
    assert (gone.status_code, gone.json()["type"].rsplit("/", 1)[1]) == (404, "document-purged")
    listed = (await admin.get(f"/drivers/{driver}/evidence")).json()["items"]
    assert [item["obtained_on"] for item in listed] == ["2026-02-01", "2020-02-01"]
    assert listed[1]["document"]["purged_at"] is not None
    assert (await admin.get("/retention/purgeable")).json()["items"] == []


async def test_the_file_of_391_53_is_seen_by_its_state_and_opened_by_few(world: World) -> None:
    assert {key for key, found in FEDERAL.by_key.items() if found.retention.separate} == sph.RESTRICTED
    driver = await world.add_driver()
    manager, supervisor = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(Role.SUPERVISOR)
    evidence = await recorded(world, driver, "sph", "2024-02-01")

    async def item(client: Any) -> dict[str, Any]:
        found = (await client.get(f"/drivers/{driver}/file")).json()["items"]
        return next(each for each in found if each["requirement"] == "sph")

    full, bare = await item(manager), await item(supervisor)
    assert (full["apart"], full["withheld"], len(full["evidence"])) == (True, False, 1)
    assert (bare["apart"], bare["withheld"], bare["evidence"], bare["explanation"]["steps"]) == (True, True, [], [])
    assert bare["state"] == full["state"]
    assert (await supervisor.get(f"/drivers/{driver}/evidence")).json()["items"] == []
    assert (await supervisor.get(f"/documents/{evidence['document']['id']}/content")).status_code == 404
    assert (await supervisor.post(f"/documents/{evidence['document']['id']}/link")).status_code == 404
    assert (await supervisor.get(f"/drivers/{driver}/retention")).json()["documents"] == []
    fact = {"requirement": "sph", "obtained_on": "2024-02-01"}
    refused = await supervisor.post(f"/drivers/{driver}/evidence", json=fact)
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (403, "sph-file-restricted")
    assert (await manager.get(f"/documents/{evidence['document']['id']}/content")).status_code == 200
