"""Reading the audit log, and finding out that somebody changed it behind the application's back."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from dot_copilot.core import audit
from dot_copilot.core.caller import PERMISSIONS, Permission, Role
from tests.api.identity.people import owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def write(world: World, count: int, action: str = "thing.done") -> None:
    """Entries on the things t0, t1, ..."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        for number in range(count):
            await audit.record(door, action, "thing", f"t{number}", {"number": number, "text": "é \U0001f69a", "none": None})


async def test_entries_come_newest_first_with_who_and_what(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    await write(world, 1)
    await manager.patch("/me", json={"name": "Renée"})
    items = (await manager.get("/audit")).json()["items"]
    assert [item["seq"] for item in items] == [2, 1]
    assert items[0]["actor"]["id"] == str(world.users[Role.SAFETY_MANAGER])
    assert items[0]["actor"]["name"] == "Renée"
    assert (items[0]["origin"], items[1]["origin"]) == ("127.0.0.1", None)
    assert "origin" not in items[0]["details"]
    assert (items[0]["via"], items[0]["subject_type"], len(items[0]["hash"])) == ("web", "user", 64)
    assert items[1]["actor"] is None
    assert items[1]["details"] == {"number": 0, "text": "é \U0001f69a", "none": None}


async def test_entries_of_a_person_by_a_part_of_the_name(world: World) -> None:
    """By name or address, whatever the case; nothing for a name that nobody has, and nothing of the system's own entries."""
    manager, admin = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(Role.ADMIN)
    await write(world, 1)
    await manager.patch("/me", json={"name": "Renée Äbel"})
    await admin.patch("/me", json={"name": "Bo Lund"})
    for person, actors in {
        "renée": {Role.SAFETY_MANAGER},
        "ÄBEL": {Role.SAFETY_MANAGER},
        "admin-": {Role.ADMIN},  # a part of the address
        ".example": {Role.ADMIN, Role.SAFETY_MANAGER},
        "nobody": set(),
        "%": set(),
    }.items():
        items = (await admin.get("/audit", params={"person": person})).json()["items"]
        assert {item["actor"]["id"] for item in items} == {str(world.users[role]) for role in actors}, person


async def test_entries_are_filtered_and_paged(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 5)
    await write(world, 5, "thing.undone")
    await write(world, 1, "thingamajig.done")
    today = world.worker.clock.today("America/Chicago")
    cases = {
        "subject": ("t1", 2),
        "action": ("thing.undone", 5),
        "from": (today.isoformat(), 11),
        "to": ((today - timedelta(days=1)).isoformat(), 0),
        "actor": (str(world.carrier_id), 0),
    }
    for name, (value, count) in cases.items():
        assert len((await reader.get("/audit", params={name: value})).json()["items"]) == count, name
    assert len((await reader.get("/audit", params={"action": "thing.*"})).json()["items"]) == 10
    seen: list[int] = []
    params = {"action": "thing.*", "limit": "3"}
    page = (await reader.get("/audit", params=params)).json()
    while True:
        seen += [item["seq"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = (await reader.get("/audit", params={**params, "cursor": page["next_cursor"]})).json()
    assert seen == list(range(10, 0, -1))


async def test_a_cursor_of_other_filters_or_of_nobody_is_refused(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 3)
    cursor = (await reader.get("/audit", params={"limit": 1})).json()["next_cursor"]
    for params in ({"cursor": cursor, "action": "thing.done"}, {"cursor": "AAAA"}, {"cursor": cursor[:-2] + "xx"}):
        answer = await reader.get("/audit", params=params)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (400, "invalid-cursor")


async def test_days_are_those_of_the_carrier(world: World, servers: Servers) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 2)
    assert len((await reader.get("/audit")).json()["items"]) == 2
    async with owner(servers) as connection, connection.transaction():
        await connection.execute("alter table audit_log disable trigger audit_log_append_only")
        # 03:00 UTC on the 2nd is still the 1st in Chicago.
        await connection.execute(
            "update audit_log set at = '2026-03-02 03:00Z' where carrier_id = $1 and seq = 1", world.carrier_id
        )
        await connection.execute("alter table audit_log enable trigger audit_log_append_only")
    for day, count in (("2026-03-01", 1), ("2026-03-02", 0)):
        answer = await reader.get("/audit", params={"from": day, "to": day})
        assert len(answer.json()["items"]) == count, day


async def test_an_untouched_chain_holds(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)
    nothing = {"ok": True, "checked": 0, "broken_at": None, "problem": None, "last": "0:"}
    assert (await reader.get("/audit/verify")).json() == nothing
    await write(world, 25)
    verdict = (await reader.get("/audit/verify")).json()
    assert verdict.pop("last").startswith("25:")
    assert verdict == {"ok": True, "checked": 25, "broken_at": None, "problem": None}


_SWAP = """with other as (select seq, at, actor_id, via, action, subject_type, subject_id, details, hash from audit_log
  where carrier_id = $1 and seq in (4, 6))
  update audit_log a set (at, actor_id, via, action, subject_type, subject_id, details, hash) =
    (o.at, o.actor_id, o.via, o.action, o.subject_type, o.subject_id, o.details, o.hash)
  from other o where a.carrier_id = $1 and a.seq in (4, 6) and o.seq = 10 - a.seq"""


@pytest.mark.parametrize(
    ("damage", "broken_at", "problem"),
    [
        ("update audit_log set details = '{\"number\": 99}' where carrier_id = $1 and seq = 4", 4, "changed"),
        ("update audit_log set actor_id = gen_random_uuid() where carrier_id = $1 and seq = 4", 4, "changed"),
        ("update audit_log set at = at - interval '1 microsecond' where carrier_id = $1 and seq = 4", 4, "changed"),
        ("update audit_log set hash = sha256('x') where carrier_id = $1 and seq = 4", 4, "changed"),
        (_SWAP, 4, "reordered"),
        ("delete from audit_log where carrier_id = $1 and seq = 1", 1, "missing"),
        ("delete from audit_log where carrier_id = $1 and seq in (4, 5)", 4, "missing"),
        ("delete from audit_log where carrier_id = $1 and seq = 9", 9, "missing"),
        ("delete from audit_log where carrier_id = $1", 1, "missing"),
        ("update audit_heads set hash = sha256('x') where carrier_id = $1", 10, "missing"),
    ],
)
async def test_damage_done_behind_the_application_shows(
    world: World, servers: Servers, damage: str, broken_at: int, problem: str
) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 9)
    assert (await reader.get("/audit/verify")).json()["ok"]
    await _behind_its_back(world, servers, damage)
    verdict = (await reader.get("/audit/verify")).json()
    assert (verdict["ok"], verdict["broken_at"], verdict["problem"]) == (False, broken_at, problem)


async def _behind_its_back(world: World, servers: Servers, damage: str) -> None:
    async with owner(servers) as connection, connection.transaction():
        await connection.execute("alter table audit_log disable trigger audit_log_append_only")
        await connection.execute(damage, world.carrier_id)
        await connection.execute("alter table audit_log enable trigger audit_log_append_only")


_ANEW = """with recursive chain as (
    select seq, app.audit_hash(''::bytea, seq, at, actor_id, via, action, subject_type, subject_id, details) hash
      from audit_log where carrier_id = $1 and seq = 1
    union all
    select a.seq, app.audit_hash(c.hash, a.seq, a.at, a.actor_id, a.via, a.action, a.subject_type, a.subject_id, a.details)
      from chain c join audit_log a on a.carrier_id = $1 and a.seq = c.seq + 1),
  head as (update audit_heads set hash = (select hash from chain order by seq desc limit 1) where carrier_id = $1)
  update audit_log a set hash = chain.hash from chain where a.carrier_id = $1 and a.seq = chain.seq"""


async def test_a_sum_kept_elsewhere_finds_out_who_computed_the_whole_chain_anew(world: World, servers: Servers) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 5)
    kept = (await reader.get("/audit/verify")).json()["last"]
    await write(world, 2)
    assert (await reader.get("/audit/verify", params={"known": kept})).json()["ok"]
    await _behind_its_back(world, servers, "update audit_log set details = '{}' where carrier_id = $1 and seq = 2")
    await _behind_its_back(world, servers, _ANEW)
    assert (await reader.get("/audit/verify")).json()["ok"], "nothing inside the database tells"
    verdict = (await reader.get("/audit/verify", params={"known": kept})).json()
    assert (verdict["ok"], verdict["broken_at"], verdict["problem"]) == (False, 5, "changed")
    for wrong in ("5", "5:zz", f"five:{'0' * 64}", f"²:{'0' * 64}"):
        answer = await reader.get("/audit/verify", params={"known": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "known")


async def test_nobody_changes_the_log_not_even_its_owner(world: World, servers: Servers) -> None:
    await write(world, 1)
    await world.audit_log()
    await write(world, 1)
    tables = ("audit_log", "audit_pending")
    for sql in [sql.format(t) for t in tables for sql in ("update {} set action = 'x'", "delete from {}", "truncate {}")]:
        async with owner(servers) as connection:
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await connection.execute(sql)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.worker.database.job_door(world.carrier_id) as door:
                await door.execute(sql)


async def test_the_applications_roles_write_through_the_function_only(world: World) -> None:
    await write(world, 1)
    copy = """insert into audit_log select carrier_id, seq + 1, at, actor_id, via, action, subject_type, subject_id, details, hash
              from audit_log"""
    pending = """insert into audit_pending (carrier_id, at, via, action, subject_type, subject_id, details)
                 select carrier_id, at, via, action, subject_type, subject_id, details from audit_log"""
    for sql in (copy, pending, "update audit_heads set seq = 0", "delete from audit_heads"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.worker.database.job_door(world.carrier_id) as door:
                await door.execute(sql)


async def fail_after_an_entry(world: World) -> None:
    """A transaction that writes an entry and then fails."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        await audit.record(door, "thing.done", "thing", "never")
        _ = 1 / 0


async def test_what_is_undone_leaves_no_entry_and_no_gap(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 1)
    with pytest.raises(ZeroDivisionError):
        await fail_after_an_entry(world)
    await write(world, 1)
    assert [item["seq"] for item in (await reader.get("/audit")).json()["items"]] == [2, 1]
    assert (await reader.get("/audit/verify")).json()["ok"] is True


async def test_who_may_read_it(world: World) -> None:
    for role in Role:
        client = await world.as_role(role)
        expected = 200 if Permission.READ_AUDIT in PERMISSIONS[role] else 403
        assert expected == (200 if role in (Role.ADMIN, Role.SAFETY_MANAGER, Role.AUDITOR) else 403)
        for path in ("/audit", "/audit/verify"):
            assert (await client.get(path)).status_code == expected, (role, path)
