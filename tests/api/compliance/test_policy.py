"""A carrier's own requirements and waivers: beside the federal rules, never in their way."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.compliance import upkeep
from tests.api.compliance.test_driver_file import hire, item
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINTER = {
    "key": "policy_winter",
    "title": "Winter driving course",
    "applies_to": "all",
    "deadline": "days_after_hire",
    "deadline_days": 20,
    "renewal_months": 12,
    "blocks_driving": True,
    "effective_from": "2026-01-01",
}


def kind(answer: httpx.Response) -> str:
    slug: str = answer.json()["type"].rsplit("/", 1)[1]
    return slug


async def rebuilt(world: World) -> None:
    """Does what the worker would do next."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        waiting = await door.fetchval(
            "select count(*) from procrastinate_jobs where task_name = 'compliance:rebuild' and args->>'carrier_id' = $1",
            str(world.carrier_id),
        )
    assert waiting == 1
    await upkeep.rebuild(world.worker.database, world.carrier_id)


async def log(world: World) -> list[str]:
    return [entry["action"] for entry in await world.audit_log()]


async def test_the_catalogue_lists_federal_rules_and_policy(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    answer = await client.post("/requirements", json=WINTER)
    assert answer.status_code == 202, answer.text
    items = {entry["key"]: entry for entry in (await client.get("/requirements")).json()["items"]}
    assert items["mec"]["source"] == "federal"
    assert items["mec"]["citations"][0]["cfr"].startswith("49 CFR 391.4")
    assert items["policy_winter"]["policy"]["deadline_days"] == 20
    spanish = (await client.get("/requirements", headers={"Accept-Language": "es"})).json()["items"]
    assert next(entry for entry in spanish if entry["key"] == "policy_winter")["renewal"] == "Cada 12 meses"
    assert next(entry for entry in spanish if entry["key"] == "mec")["title"] != items["mec"]["title"]
    driver = await world.as_role(Role.DRIVER)
    assert (await driver.get("/requirements")).status_code == 200


async def test_a_policy_counts_after_the_recalculation(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-02-01", cdl_class="A")
    answer = await client.post("/requirements", json=WINTER)
    assert answer.json()["recalculating"]
    assert (await client.get("/compliance/summary")).json()["recalculating"]
    assert (await item(client, driver, "policy_winter", "2026-02-21"))["state"] == "due"
    overdue = {"requirement": "policy_winter", "state": "overdue", "as_of": "2026-02-22"}
    assert (await client.get("/drivers", params=overdue)).json()["total"] == 0
    await rebuilt(world)
    assert not (await client.get("/compliance/summary")).json()["recalculating"]
    body = (await client.get("/drivers", params=overdue)).json()
    assert body["total"] == 1
    assert "policy_winter" in {reason["requirement"] for reason in body["items"][0]["reasons"]}
    board = (await client.get("/compliance/summary", params={"as_of": "2026-02-22"})).json()
    assert ("policy_winter", "overdue", 1) in {(r["requirement"], r["state"], r["drivers"]) for r in board["by_reason"]}
    await client.post(f"/drivers/{driver}/evidence", json={"requirement": "policy_winter", "obtained_on": "2026-02-22"})
    assert (await client.get("/drivers", params=overdue)).json()["total"] == 0


async def test_changing_and_retiring(world: World) -> None:
    client = await world.as_role(Role.ADMIN)
    driver = await hire(world, "2026-02-01", cdl_class="A")
    await client.post("/requirements", json=WINTER)
    changed = await client.patch("/requirements/policy_winter", json={"deadline": "before_driving", "deadline_days": None})
    assert changed.status_code == 202, changed.text
    assert (await item(client, driver, "policy_winter", "2026-02-02"))["state"] == "missing"
    assert kind(await client.patch("/requirements/policy_winter", json={"deadline_days": 3})) == "invalid"
    assert kind(await client.patch("/requirements/policy_winter", json={"title": None})) == "invalid"
    retired = await client.delete("/requirements/policy_winter")
    assert retired.status_code == 202
    assert (await item(client, driver, "policy_winter", "2026-03-01"))["state"] == "missing"
    assert (await item(client, driver, "policy_winter", "2090-01-01"))["state"] == "not_applicable"
    assert kind(await client.post("/requirements", json=WINTER)) == "requirement-exists"
    assert await log(world) == ["driver.created", "requirement.created", "requirement.changed", "requirement.retired"]


async def test_a_federal_rule_can_t_be_touched(world: World) -> None:
    client = await world.as_role(Role.ADMIN)
    driver = await hire(world, "2026-02-01", cdl_class="A")
    waiver = {"requirement": "mec_cdlis", "from": "2026-01-01", "until": "2026-12-31", "reason": "because we said so"}
    assert (await client.post(f"/drivers/{driver}/waivers", json=waiver)).status_code == 422
    assert kind(await client.post(f"/drivers/{driver}/waivers", json=waiver)) == "federal-rule"
    assert kind(await client.patch("/requirements/mec_cdlis", json={"title": "Nothing"})) == "federal-rule"
    assert kind(await client.delete("/requirements/mec_cdlis")) == "federal-rule"
    assert (await client.post("/requirements", json={**WINTER, "key": "mec"})).status_code == 422
    assert (await client.delete("/requirements/policy_never")).status_code == 404


async def test_a_waiver_lifts_policy_for_its_days(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-02-01", cdl_class="A")
    await client.post("/requirements", json=WINTER)
    await rebuilt(world)
    body = {"requirement": "policy_winter", "from": "2026-03-01", "until": "2026-03-31", "reason": "On leave in March"}
    answer = await client.post(f"/drivers/{driver}/waivers", json=body)
    assert answer.status_code == 201, answer.text
    granted = answer.json()
    assert (granted["from"], granted["until"], granted["title"]) == ("2026-03-01", "2026-03-31", "Winter driving course")
    states = {
        day: (await item(client, driver, "policy_winter", day))["state"] for day in ("2026-02-28", "2026-03-15", "2026-04-01")
    }
    assert states == {"2026-02-28": "overdue", "2026-03-15": "not_applicable", "2026-04-01": "overdue"}
    counted = {"requirement": "policy_winter", "state": "overdue"}
    assert (await client.get("/drivers", params={**counted, "as_of": "2026-03-15"})).json()["total"] == 0
    assert (await client.get("/drivers", params={**counted, "as_of": "2026-04-01"})).json()["total"] == 1
    assert [waiver["id"] for waiver in (await client.get(f"/drivers/{driver}/waivers")).json()["items"]] == [granted["id"]]
    assert (await client.delete(f"/waivers/{granted['id']}")).status_code == 204
    assert (await client.delete(f"/waivers/{granted['id']}")).status_code == 404
    kept = (await client.get(f"/drivers/{driver}/waivers")).json()["items"]
    assert kept[0]["revoked_at"]
    assert (await log(world))[-2:] == ["waiver.granted", "waiver.revoked"]


async def test_a_waiver_revoked_ahead_of_its_days_never_counts(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-02-01", cdl_class="A")
    await client.post("/requirements", json=WINTER)
    body: dict[str, Any] = {"requirement": "policy_winter", "from": "2199-03-01", "until": "2199-03-31", "reason": "a test"}
    waiver = (await client.post(f"/drivers/{driver}/waivers", json=body)).json()
    assert (await item(client, driver, "policy_winter", "2199-03-15"))["state"] == "not_applicable"
    await client.delete(f"/waivers/{waiver['id']}")
    assert (await item(client, driver, "policy_winter", "2199-03-15"))["state"] == "overdue"
    turned = {**body, "from": "2026-03-31", "until": "2026-03-01"}
    assert (await client.post(f"/drivers/{driver}/waivers", json=turned)).status_code == 422


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.DRIVER])
async def test_who_may_not_set_policy(world: World, role: Role) -> None:
    client = await world.as_role(role)
    assert (await client.post("/requirements", json=WINTER)).status_code == 403
    assert (await client.delete("/requirements/policy_winter")).status_code == 403
    assert (await client.delete("/waivers/00000000-0000-0000-0000-000000000001")).status_code == 403
