"""What the audit chain costs writers of one carrier, and how long checking a million entries takes.

Sixteen connections write evidence of one carrier, each transaction with its entry, in turns of three ways: entries without any
chain, ours (chained behind the writers, by a worker's loop beside them), and the chain under a lock that each writer holds
until it commits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import time
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg

from bench.compliance_data import make_fleet, superuser
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from dot_copilot.core import audit
from dot_copilot.core.database import Database
from dot_copilot.core.platform import Platform
from dot_copilot.features.audit import service
from tests.support.servers import running_servers

WRITERS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = 5
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))

_EVIDENCE = """insert into evidence (carrier_id, driver_id, requirement, obtained_on, provenance)
  values ($1, $2, 'mvr_annual', current_date, 'manual')"""
_PLAIN = "insert into bench_log values ($1, clock_timestamp(), null, 'job', 'evidence.recorded', 'driver', $2, $3)"
_TABLE = """create table bench_log (carrier_id uuid not null, at timestamptz not null, actor_id uuid, via text not null,
  action text not null, subject_type text not null, subject_id text not null, details jsonb not null,
  id bigint generated always as identity primary key);
  create index on bench_log (carrier_id, subject_type, subject_id, id desc);
  create index on bench_log (carrier_id, actor_id, id desc);
  grant select, insert on bench_log to dot_worker"""
_LOCKED = "select app.audit_locked(null, 'job', 'evidence.recorded', 'driver', $1, $2)"
_DETAILS = {"requirement": "mvr_annual", "obtained_on": "2026-11-22", "evidence": "00000000-0000-4000-8000-000000000000"}
WAYS = ("without a chain", "chained behind the writers", "chained under a lock")


async def _write(database: Database, carrier: UUID, driver: UUID, way: str) -> None:
    async with database.job_door(carrier) as door:
        await door.execute(_EVIDENCE, carrier, driver)
        if way == WAYS[0]:
            await door.execute(_PLAIN, carrier, str(driver), _DETAILS)
        elif way == WAYS[1]:
            await audit.record(door, "evidence.recorded", "driver", driver, _DETAILS)
        else:
            await door.execute(_LOCKED, str(driver), _DETAILS)


async def _slice(database: Database, carrier: UUID, drivers: list[UUID], way: str) -> float:
    """Transactions a second of sixteen writers; ours counts the time to chain what is left, too."""
    done = 0
    began = time.perf_counter()

    async def writer(number: int) -> None:
        nonlocal done
        while time.perf_counter() - began < SECONDS:
            await _write(database, carrier, drivers[(done * WRITERS + number) % len(drivers)], way)
            done += 1

    async def sealer() -> None:
        while True:
            await asyncio.sleep(1)
            await audit.seal_everywhere(database)

    sealing = asyncio.create_task(sealer())
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    sealing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sealing
    await audit.seal_everywhere(database)
    return done / (time.perf_counter() - began)


async def _locked_function(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """The chain as it was before revision 0010, under another name, with a log and heads of its own."""
    await connection.execute(
        """create table bench_heads (carrier_id uuid primary key, seq bigint not null default 0, hash bytea not null default '');
           create table bench_chain (like audit_log including indexes);
           create function app.audit_locked(p_actor uuid, p_via text, p_action text, p_type text, p_id text, p_details jsonb)
             returns void language plpgsql security definer set search_path = public, pg_temp as $$
           declare v bench_heads; v_at timestamptz := clock_timestamp(); v_hash bytea;
           begin
             insert into bench_heads (carrier_id) values (app.carrier()) on conflict do nothing;
             select * into v from bench_heads where carrier_id = app.carrier() for update;
             v_hash := app.audit_hash(v.hash, v.seq + 1, v_at, p_actor, p_via, p_action, p_type, p_id, p_details);
             insert into bench_chain (carrier_id, seq, at, actor_id, via, action, subject_type, subject_id, details, hash)
               values (app.carrier(), v.seq + 1, v_at, p_actor, p_via, p_action, p_type, p_id, p_details, v_hash);
             update bench_heads set seq = v.seq + 1, hash = v_hash where carrier_id = app.carrier();
           end $$;
           grant execute on function app.audit_locked(uuid, text, text, text, text, jsonb) to dot_worker"""
    )


async def _writers(platform: Platform, carrier: UUID, drivers: list[UUID]) -> list[str]:
    seen: dict[str, list[float]] = {way: [] for way in WAYS}
    for round_ in range(ROUNDS + 1):
        for way in WAYS[round_ % 3 :] + WAYS[: round_ % 3]:
            rate = await _slice(platform.database, carrier, drivers, way)
            if round_ > 0:  # the first round warms up
                seen[way].append(rate)
    plain = seen[WAYS[0]]
    lines = [
        "| 16 writers of one carrier | transactions/s, median | of 'without a chain', median of rounds (least, most) |",
        "|---|---|---|",
    ]
    for way in WAYS:
        shares = [rate / other for rate, other in zip(seen[way], plain, strict=True)]
        spread = f"{statistics.median(shares):.1%} ({min(shares):.1%}, {max(shares):.1%})"
        lines.append(f"| {way} | {statistics.median(seen[way]):,.0f} | {spread} |")
    return lines


async def _check(platform: Platform, carrier: UUID, connection: asyncpg.Connection[asyncpg.Record]) -> str:
    async with platform.database.job_door(carrier) as door:
        await door.execute(
            """select count(app.audit(null, 'job', 'thing.done', 'driver', n::text, $2))
                 from generate_series(1, $1::int - (select coalesce(max(seq), 0)::int from audit_log)) n""",
            ENTRIES,
            _DETAILS,
        )
    began = time.perf_counter()
    sealed = await audit.seal_everywhere(platform.database)
    sealing = time.perf_counter() - began
    await connection.execute("vacuum analyze audit_log")
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        async with platform.database.job_door(carrier) as door:
            found = await service.verify(door)
        seconds.append(time.perf_counter() - began)
        assert found.ok, found
    return (
        f"Checking {found.checked:,} entries: {statistics.median(seconds):.1f} s (floor 20). "
        f"Chaining {sealed:,} of them in one go: {sealing:.0f} s, {sealed / sealing:,.0f} a second."
    )


async def _run() -> str:
    async with AsyncExitStack() as stack:
        servers = stack.enter_context(running_servers(durable=True))
        await asyncio.to_thread(migrate.upgrade, servers.settings, servers.secrets["database_owner_password"])
        connection = await superuser(servers)
        stack.push_async_callback(connection.close)
        carrier = await make_fleet(connection, "7300001", 2000, 4)
        drivers = [row["id"] for row in await connection.fetch("select id from drivers where carrier_id = $1", carrier)]
        await connection.execute(_TABLE)
        await _locked_function(connection)
        platform = await build_platform(servers.settings.model_copy(update={"database_pool": WRITERS + 2}), "worker")
        stack.push_async_callback(platform.close)
        lines = await _writers(platform, carrier, drivers)
        return "\n".join([*lines, "", await _check(platform, carrier, connection)])


def main() -> str:
    """The section of the report."""
    return asyncio.run(_run())
