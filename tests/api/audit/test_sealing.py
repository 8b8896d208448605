"""Writers of the audit log wait for nobody; what they commit is chained by whoever reads, by the worker, or by a later writer."""

from __future__ import annotations

import asyncio

import pytest

from dot_copilot.core import audit
from dot_copilot.core.caller import Role
from tests.api.audit.test_audit import write
from tests.api.identity.people import owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def waiting(world: World) -> int:
    """Entries that are not in the chain yet."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        count: int = await door.fetchval("select count(*) from audit_pending where carrier_id = $1", world.carrier_id)
    return count


async def test_a_writer_does_not_wait_for_one_that_has_not_committed(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as slow:
        await audit.record(slow, "thing.done", "thing", "slow")
        async with asyncio.timeout(2):
            await write(world, 1, "thing.overtaken")
            assert [entry["subject_id"] for entry in await world.audit_log()] == ["t0"]
    entries = await world.audit_log()
    assert [(entry["seq"], entry["subject_id"]) for entry in entries] == [(1, "t0"), (2, "slow")]
    assert entries[1]["at"] < entries[0]["at"], "the order is that of commits; `at` tells when it was written"


async def test_what_is_written_is_read_at_once_and_without_the_worker(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)
    await write(world, 2)
    assert await waiting(world) == 2
    assert [item["seq"] for item in (await reader.get("/audit")).json()["items"]] == [2, 1]
    assert await waiting(world) == 0


async def test_many_writers_and_readers_at_once_make_one_chain(world: World) -> None:
    reader = await world.as_role(Role.AUDITOR)

    async def read() -> None:
        for _ in range(5):
            assert (await reader.get("/audit/verify")).json()["ok"]

    await asyncio.gather(*(write(world, 20, f"writer.{number}") for number in range(10)), read(), read())
    verdict = (await reader.get("/audit/verify")).json()
    assert (verdict["ok"], verdict["checked"]) == (True, 200)
    for number in range(10):
        own = [entry["details"]["number"] for entry in await world.audit_log(f"writer.{number}")]
        assert own == list(range(20)), "one writer's entries keep their order"


async def test_the_worker_chains_the_logs_of_all_carriers(world: World) -> None:
    await write(world, 3)
    await audit.seal_everywhere(world.worker.database)
    assert await waiting(world) == 0
    assert await audit.seal_everywhere(world.worker.database) == 0


async def test_more_than_fits_one_go_is_chained_too(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("select app.audit(null, 'job', 'thing.done', 'thing', n::text, '{}') from generate_series(1, 2345) n")
    assert len(await world.audit_log()) == 2345


async def test_where_nobody_reads_and_no_worker_runs_a_later_writer_chains(world: World, servers: Servers) -> None:
    """So it does under the release before this one, whose worker knows nothing of chaining."""
    await write(world, 2)
    async with owner(servers) as connection, connection.transaction():
        await connection.execute("alter table audit_pending disable trigger audit_pending_append_only")
        await connection.execute(
            "update audit_pending set at = at - interval '6 seconds' where carrier_id = $1", world.carrier_id
        )
        await connection.execute("alter table audit_pending enable trigger audit_pending_append_only")
    await write(world, 1)
    assert await waiting(world) == 1
    assert (await (await world.as_role(Role.AUDITOR)).get("/audit/verify")).json()["checked"] == 3


async def _chain_then_fail(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        await audit.seal(door)
        _ = 1 / 0


async def test_chaining_that_is_undone_loses_nothing(world: World) -> None:
    await write(world, 2)
    with pytest.raises(ZeroDivisionError):
        await _chain_then_fail(world)
    assert await waiting(world) == 2
    assert [entry["seq"] for entry in await world.audit_log()] == [1, 2]
