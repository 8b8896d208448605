"""Who is told what when: each thing once, by day where the person is, in one digest."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dot_copilot.core import outbox
from dot_copilot.core.caller import Role
from dot_copilot.features.reminders import planning, repository
from tests.api.identity.people import Person, person
from tests.api.mcp_server.assistant import hire, record
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
DUE = date(2026, 12, 31)
URL = "https://fleet.example"


def noon(day: date) -> datetime:
    """Noon in Chicago, whose winter is six hours behind."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


async def plan(world: World, now: datetime) -> int:
    """The planner's run for this carrier."""
    return await planning.plan(world.worker.database, world.carrier_id, now, URL)


async def card(world: World, employee: str = "E1", due: date = DUE, **more: Any) -> str:
    """A driver whose medical status runs out on `due`, and of whom nothing else falls due."""
    driver = await hire(world, employee, first_name="Eva", last_name="Luna", **more)
    await record(world, driver, "mec_cdlis", str(due - timedelta(days=700)), expires_on=str(due))
    return driver


async def told(world: World, user: Person) -> list[tuple[date, list[str], int]]:
    """Notices of a person, the oldest first: day, what, how many."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        rows = await repository.page_of_notices(door, user.id, 100)
    found = [(row["on_day"], [one for one in row["items"] if one["requirement"] == "mec_cdlis"]) for row in rows]
    return [(day, [one["due_on"] for one in items], len(items)) for day, items in reversed(found) if items]


async def mails(world: World) -> list[dict[str, Any]]:
    """What waits in the outbox."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        rows = await door.fetch(
            "select * from mail_outbox where carrier_id = $1 and occasion like 'reminders:%' order by created_at, recipient",
            world.carrier_id,
        )
    return [dict(row) for row in rows]


async def test_a_driver_is_told_at_each_step_once(world: World, servers: Servers) -> None:
    driver = await card(world)
    user = await person(world, Role.DRIVER, driver_id=UUID(driver))
    day = DUE - timedelta(days=70)
    while day <= DUE + timedelta(days=5):
        await plan(world, noon(day))
        await plan(world, noon(day) + timedelta(minutes=10))
        day += timedelta(days=1)
    days = [day for day, _, _ in await told(world, user)]
    assert days == [DUE - timedelta(days=left) for left in (60, 30, 14, 7)] + [DUE + timedelta(days=1)]


async def test_a_planner_that_was_down_tells_once_what_it_missed(world: World) -> None:
    driver = await card(world)
    user = await person(world, Role.DRIVER, driver_id=UUID(driver))
    await plan(world, noon(DUE - timedelta(days=10)))
    await plan(world, noon(DUE - timedelta(days=9)))
    assert [day for day, _, _ in await told(world, user)] == [DUE - timedelta(days=10)]


@pytest.mark.parametrize(
    ("now", "heard"),
    [
        (datetime(2026, 12, 24, 13, 59, tzinfo=UTC), False),  # 07:59 in Chicago
        (datetime(2026, 12, 24, 14, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 25, 1, 59, tzinfo=UTC), True),  # 19:59 on the 24th
        (datetime(2026, 12, 25, 2, 0, tzinfo=UTC), False),
        (datetime(2026, 12, 25, 6, 30, tzinfo=UTC), False),
    ],
)
async def test_it_is_quiet_at_night_where_the_person_is(world: World, now: datetime, heard: bool) -> None:
    user = await person(world, Role.DRIVER, driver_id=UUID(await card(world)))
    await plan(world, now)
    assert bool(await told(world, user)) is heard


async def test_morning_comes_at_another_hour_elsewhere_and_in_summer(world: World) -> None:
    """Honolulu has no summer time; Chicago's morning is an hour earlier by the world's clock in June."""
    island = await world.add_terminal("Honolulu", "Pacific/Honolulu")
    june = date(2026, 6, 30)
    here = await person(world, Role.DRIVER, driver_id=UUID(await card(world, "E1", june)))
    there = await person(world, Role.DRIVER, driver_id=UUID(await card(world, "E2", june, terminal_id=str(island))))
    await plan(world, datetime(2026, 6, 23, 13, 0, tzinfo=UTC))  # 08:00 in Chicago's summer, 03:00 in Honolulu
    assert (len(await told(world, here)), len(await told(world, there))) == (1, 0)
    await plan(world, datetime(2026, 6, 23, 18, 0, tzinfo=UTC))  # 08:00 in Honolulu
    assert (len(await told(world, here)), len(await told(world, there))) == (1, 1)


async def test_a_digest_has_everything_and_a_mail_a_day(world: World) -> None:
    for number in range(30):
        await card(world, f"E{number}", DUE + timedelta(days=number % 2))
    user = await person(world, Role.SAFETY_MANAGER)
    await plan(world, noon(DUE - timedelta(days=29)))
    async with world.worker.database.job_door(world.carrier_id) as door:
        (row,) = await repository.page_of_notices(door, user.id, 10)
    assert len(row["items"]) == 25
    assert row["total"] >= 30
    assert [one["due_on"] for one in row["items"]] == sorted(one["due_on"] for one in row["items"])
    mine = [mail for mail in await mails(world) if mail["recipient"] == user.email]
    assert len(mine) == 1
    assert f"... and {row['total'] - 25} more." in mine[0]["body"]
    assert URL in mine[0]["body"]
    assert "Eva Luna: " in mine[0]["body"]


async def test_supervisors_hear_of_their_terminals_and_in_their_own_time(world: World) -> None:
    houston = await world.add_terminal("Houston", "America/Chicago")
    await card(world, "D1")
    await card(world, "H1", terminal_id=str(houston))
    dallas = await person(world, Role.SUPERVISOR, terminal_id=world.terminal_id)
    day = DUE - timedelta(days=14)
    await plan(world, noon(day))
    assert [count for _, _, count in await told(world, dallas)] == [1]


async def test_nobody_else_is_told(world: World, servers: Servers) -> None:
    driver = UUID(await card(world))
    left = await person(world, Role.DRIVER, driver_id=driver)
    auditor = await person(world, Role.AUDITOR, expires_on=date(2027, 12, 31))
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update users set disabled_at = now() where carrier_id = $1 and id = $2", world.carrier_id, left.id)
    await plan(world, noon(DUE - timedelta(days=7)))
    assert await told(world, left) == []
    assert await told(world, auditor) == []


async def test_a_new_card_ends_it(world: World) -> None:
    driver = await card(world)
    user = await person(world, Role.DRIVER, driver_id=UUID(driver))
    await plan(world, noon(DUE - timedelta(days=30)))
    await record(world, driver, "mec_cdlis", "2026-11-20", expires_on="2028-11-20")
    for left in (14, 7, -1):
        await plan(world, noon(DUE - timedelta(days=left)))
    assert [day for day, _, _ in await told(world, user)] == [DUE - timedelta(days=30)]


async def test_two_workers_tell_each_thing_once(world: World) -> None:
    users = [await person(world, Role.DRIVER, driver_id=UUID(await card(world, f"E{n}"))) for n in range(4)]
    await asyncio.gather(*(plan(world, noon(DUE - timedelta(days=7))) for _ in range(4)))
    assert [len(await told(world, user)) for user in users] == [1, 1, 1, 1]
    sent = [mail["recipient"] for mail in await mails(world)]
    assert sorted(sent) == sorted({*sent})


async def test_a_worker_that_dies_in_the_middle_has_told_nothing_yet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await person(world, Role.DRIVER, driver_id=UUID(await card(world)))
    at = noon(DUE - timedelta(days=7))

    async def die(*_: object) -> int:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "post_all", die)
        with pytest.raises(ConnectionResetError):
            await plan(world, at)
    assert await told(world, user) == []
    await plan(world, at)
    assert len(await told(world, user)) == 1
    assert [mail["recipient"] for mail in await mails(world)].count(user.email) == 1


async def test_rules_of_the_carrier_and_wishes_of_the_person(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    rule = {"requirement": "mec_cdlis", "role": "driver", "steps": [90, 7, 7]}
    assert (await manager.put("/reminder-rules", json=rule)).status_code == 204
    assert (await manager.get("/reminder-rules")).json()["items"] == [rule | {"steps": [90, 7]}]
    driver = UUID(await card(world))
    phone = await world.as_role(Role.DRIVER, driver_id=driver)
    assert (await phone.put("/me/reminders", json={"by_mail": False})).status_code == 204
    for left in (90, 60, 30, 14, 7):
        await plan(world, noon(DUE - timedelta(days=left)))
    listed = (await phone.get("/me/notices")).json()
    days = [one["on_day"] for one in listed["items"] if any(item["requirement"] == "mec_cdlis" for item in one["items"])]
    assert days == [str(DUE - timedelta(days=left)) for left in (7, 90)]
    assert listed["by_mail"] is False
    assert listed["unread"] == len(listed["items"])
    ids = [one["id"] for one in listed["items"]]
    assert (await manager.post("/me/notices/read", json={"ids": ids})).status_code == 204, "others' are passed over"
    assert (await phone.get("/me/notices")).json()["unread"] == len(ids)
    await phone.post("/me/notices/read", json={"ids": ids})
    assert (await phone.get("/me/notices")).json()["unread"] == 0
    me = (await phone.get("/me")).json()
    assert me["email"] not in [mail["recipient"] for mail in await mails(world)]
    assert (await manager.delete("/reminder-rules/mec_cdlis?role=driver")).status_code == 204
    assert (await manager.delete("/reminder-rules/mec_cdlis?role=driver")).status_code == 404
    unknown = await manager.put("/reminder-rules", json=rule | {"requirement": "nothing"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "requirement")
    assert (await manager.put("/reminder-rules", json=rule | {"steps": [45]})).status_code == 422
    supervisor = await world.as_role(Role.SUPERVISOR)
    assert (await supervisor.put("/reminder-rules", json=rule)).status_code == 403
