"""Authenticated read of one driver, one API process, in one run with its peers."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import jwt

from bench import load
from bench.processes import LOAD_CORE, Server, pin, server
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from dot_copilot.core.caller import Role
from tests.support.servers import Servers, free_port, running_servers
from tests.support.world import World

CLIENTS, SECONDS, ROUNDS = 16, 4.0, 3
ROWS = 1000
TABLE = """
create table bench_driver as
select gen_random_uuid() id, gen_random_uuid() carrier_id, n::text employee_id, 'Ana' first_name, 'Ruiz' last_name,
  date '1980-01-01' date_of_birth, 'ana@example.com' email, '555-0100' phone, 'Dallas' terminal, date '2020-01-01' hired_on,
  'TX123' cdl_number, 'TX' cdl_state, 'A' cdl_class, true interstate, 1 "version" from generate_series(1, 1000) n
"""


@dataclass
class Candidate:
    """One program, and what its runs gave."""

    name: str
    command: list[str]
    environment: dict[str, str]
    paths: list[str]
    headers: dict[str, str]
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    stalled: str = ""
    half_load: str = ""


async def prepare(servers: Servers) -> tuple[str, str, list[UUID], list[UUID]]:
    """A carrier with drivers and a safety manager, and the peers' table; gives token, DSN, driver ids, peer ids."""
    settings = servers.settings
    platform = await build_platform(settings, "worker")
    async with AsyncExitStack() as stack:
        world = await World.create(None, platform, stack, usdot="7654321")  # type: ignore[arg-type]
        drivers = [await world.add_driver(str(n)) for n in range(ROWS)]
        client = await world.as_role(Role.SAFETY_MANAGER)
        token = client.headers["Authorization"]
    await platform.close()
    dsn = f"postgresql://postgres:{servers.secrets['database_superuser_password']}@127.0.0.1:{settings.database_port}/dot_copilot"
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    await connection.execute("alter table bench_driver add primary key (id)")
    await connection.execute("analyze")
    peers = [row["id"] for row in await connection.fetch("select id from bench_driver")]
    await connection.close()
    return token, dsn, drivers, peers


def _candidates(servers: Servers, token: str, dsn: str, drivers: list[UUID], peers: list[UUID]) -> list[Candidate]:
    settings = servers.settings
    secret = secrets.token_hex(32)
    peer_headers = {"Authorization": f"Bearer {jwt.encode({'sub': str(uuid4()), 'exp': time.time() + 7200}, secret)}"}
    theirs = {"BENCH_DSN": dsn, "BENCH_JWT_SECRET": secret}
    ours = {
        "DOT_DATABASE_PORT": str(settings.database_port),
        "DOT_VALKEY_PORT": str(settings.valkey_port),
        "DOT_BLOB_ENDPOINT": settings.blob_endpoint,
        "DOT_SECRETS_BACKEND": "file",
        "DOT_SECRETS_FILE": str(settings.secrets_file),
    }
    uvicorn = ["uvicorn", "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
    paths = [f"/drivers/{peer}" for peer in peers]
    return [
        Candidate(
            "DOT-Copilot (tenancy, RLS, role, session)",
            ["dot_copilot.serve"],
            ours,
            [f"/api/v1/drivers/{driver}" for driver in drivers],
            {"Authorization": token},
        ),
        Candidate("lean Starlette + asyncpg + msgspec", [*uvicorn, "bench.peers.lean:app"], theirs, paths, peer_headers),
        Candidate("template style, sync SQLAlchemy", [*uvicorn, "bench.peers.template:app"], theirs, paths, peer_headers),
    ]


async def _measure(candidate: Candidate, running: Server, last: bool) -> None:
    base = f"http://127.0.0.1:{running.port}"
    await load.run(base, candidate.paths, candidate.headers, clients=CLIENTS, seconds=1)
    before = running.cpu_seconds
    seen = await load.run(base, candidate.paths, candidate.headers, clients=CLIENTS, seconds=SECONDS)
    if seen.failures:
        raise RuntimeError(f"{candidate.name}: {seen.failures} failed requests")
    candidate.rates.append(seen.rate)
    candidate.cpu_us.append((running.cpu_seconds - before) / len(seen.latencies) * 1e6)
    if not last:
        return
    half = await load.run(
        base, candidate.paths, candidate.headers, clients=CLIENTS, seconds=SECONDS, rate=statistics.median(candidate.rates) / 2
    )
    candidate.half_load = f"{half.percentile(0.5):.1f} / {half.percentile(0.99):.1f}"
    many = await load.run(base, candidate.paths, candidate.headers, clients=256, seconds=SECONDS)
    candidate.stalled = f"{many.rate:,.0f}/s, {many.failures} failed, max {max(many.latencies or [0]):,.0f} ms"


def _report(candidates: list[Candidate]) -> str:
    ours, lean, template = (statistics.median(c.rates) for c in candidates)
    lines = [
        f"Closed loop, {CLIENTS} clients, medians of {ROUNDS} interleaved rounds of {SECONDS:.0f} s; "
        "server on core 0, load and PostgreSQL on core 1.",
        "",
        "| one process | requests/s | CPU us/request | p50 / p99 ms at half load | 256 clients |",
        "|---|---|---|---|---|",
    ]
    for c in candidates:
        rate, cpu = statistics.median(c.rates), statistics.median(c.cpu_us)
        lines.append(f"| {c.name} | {rate:,.0f} | {cpu:,.0f} | {c.half_load} | {c.stalled} |")
    to_template, to_lean = ours / template, ours / lean
    lines += [
        "",
        f"Ratio to the template style: **{to_template:.2f}x** (floor 3x). Ratio to lean: **{to_lean:.2f}x** (floor 0.5x).",
    ]
    return "\n".join(lines)


def main() -> str:
    """Runs all candidates; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        pin(LOAD_CORE)
        for pid in (int(line) for line in (servers.directory / "pg/postmaster.pid").read_text().splitlines()[:1]):
            pin(LOAD_CORE, pid)
        candidates = _candidates(servers, *asyncio.run(prepare(servers)))
        for turn in range(ROUNDS):
            for candidate in candidates:
                port = free_port()
                command = [*candidate.command, "--port", str(port)]
                log = Path(servers.directory / "server.log")
                with server(command, port, candidate.environment, log) as running:
                    time.sleep(1.0)
                    asyncio.run(_measure(candidate, running, turn == ROUNDS - 1))
        return _report(candidates)


if __name__ == "__main__":
    print(main())
