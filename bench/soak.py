"""Calls and connections without end: does memory grow, does a process or a socket stay behind?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from valkey.asyncio import Valkey

from bench import mcp_load, mcp_rig
from bench.processes import LOAD_CORE, SERVER_CORE
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from tests.mcp.guard.people import Person, make_carrier, make_person
from tests.support.servers import Servers, free_port, running_servers

CALLS = int(os.environ.get("SOAK_CALLS", "200000"))
CONNECTIONS = int(os.environ.get("SOAK_CONNECTIONS", "200"))
ROUNDS = 10
MOST_GROWTH = 0.05
MOST_POOLED = 12 + 16
"""The pools of `core.settings.database_pool` and of the guard's Valkey client."""


@dataclass
class Census:
    """What the gateway process holds, and what has come of the calls."""

    memory_mb: list[float] = field(default_factory=list)
    sockets: list[int] = field(default_factory=list)  # to clients and upstreams
    pooled: list[int] = field(default_factory=list)  # to PostgreSQL and Valkey, which are bounded and kept
    children: list[int] = field(default_factory=list)
    calls: int = 0
    connections: int = 0
    recorded: int = 0
    served_on_s: float = 0.0  # the longest that a disconnected client was still served

    def take(self, family: mcp_rig.Family, pools: set[int]) -> None:
        """One count, of a gateway that rests; `pools` are the ports of PostgreSQL and Valkey."""
        process = psutil.Process(family.process.pid)
        self.memory_mb.append(process.memory_info().rss / 1e6)
        found = [one.raddr.port in pools for one in process.net_connections("tcp") if one.raddr]
        self.sockets.append(found.count(False))
        self.pooled.append(found.count(True))
        self.children.append(len(process.children(recursive=True)))

    @property
    def growth(self) -> float:
        """Of memory, after the warm-up: the last three counts against the third to fifth, as a share."""
        return statistics.median(self.memory_mb[-3:]) / statistics.median(self.memory_mb[2:5]) - 1

    @property
    def leaked(self) -> int:
        """Sockets and processes that were there at the end and not after the warm-up."""
        more = max(0, self.pooled[-1] - MOST_POOLED) + max(0, self.sockets[-1] - max(self.sockets[2:5]))
        return more + max(0, self.children[-1] - self.children[2])


async def _half_open(port: int, requests: list[bytes]) -> None:
    """Clients that vanish: in the middle of a request, right after one, and while a stream is open."""
    for data in requests:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        with contextlib.suppress(OSError):
            await writer.drain()
        await asyncio.sleep(0.005)
        del reader
        writer.transport.abort()


def _vanishing(port: int, person: Person, number: int) -> list[bytes]:
    headers, body = mcp_rig.call("lean_echo_7")
    url = f"http://127.0.0.1:{port}/mcp"
    token = {"Authorization": person.token().decode()}
    whole = mcp_load.request(url, {**headers, **token}, body)
    listen = mcp_rig.listen()
    stream = mcp_load.request(url, {**listen[0], **token}, listen[1])
    return [whole[: len(whole) // 2], whole, stream][number % 3 :] or [whole]


async def _end_session(servers: Servers, person: Person) -> None:
    """The person disconnects the client: its session ends, and the gateway is told."""
    worker = await build_platform(servers.settings, "worker")
    async with worker.database.job_door(person.caller.carrier_id) as door:
        await door.execute(
            "update sessions set revoked_at = now() where carrier_id = $1 and id = $2",
            person.caller.carrier_id,
            person.caller.session_id,
        )
    await worker.close()
    settings = servers.settings
    client = Valkey(host=settings.valkey_host, port=settings.valkey_port, password=servers.secrets["valkey_password"])
    await client.publish("mcp:ended", f'["{person.caller.session_id}"]')
    await client.aclose()


def _until_refused(port: int, token: bytes) -> float:
    """Seconds until a client that was disconnected is refused: the news needs a moment."""
    began = time.perf_counter()
    while not _refused(port, token):
        if time.perf_counter() - began > 2:
            raise RuntimeError("a client that was disconnected is still served")
    return time.perf_counter() - began


def _refused(port: int, token: bytes) -> bool:
    headers, body = mcp_rig.call("lean_echo_7")
    request = {**headers, "Authorization": token.decode(), "Connection": "close"}
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(mcp_load.request(f"http://127.0.0.1:{port}/mcp", request, body))
        return connection.recv(100).startswith(b"HTTP/1.1 401")


async def _people(servers: Servers, count: int) -> list[Person]:
    worker = await build_platform(servers.settings, "worker")
    carrier = await make_carrier(worker)
    people = [await make_person(worker, servers.secrets["jwt_signing_keys"], carrier) for _ in range(count)]
    await worker.close()
    return people


async def _recorded(servers: Servers, people: list[Person]) -> int:
    worker = await build_platform(servers.settings, "worker")
    async with worker.database.job_door(people[0].caller.carrier_id) as door:
        count = await door.fetchval("select count(*) from audit_log where action = 'assistant.call'")
    await worker.close()
    return int(count)


def soak(servers: Servers, folder: Path, *, calls: int, connections: int, rest_s: float = 6) -> Census:
    """`calls` in ten rounds by eight clients; between them `connections` come, call, vanish and are disconnected."""
    upstream, port = free_port(), free_port()
    census = Census()
    environment = mcp_rig.gateway_environment(servers, folder / "gateway", f"http://127.0.0.1:{upstream}/mcp")
    people = asyncio.run(_people(servers, connections // ROUNDS * ROUNDS))
    url = f"http://127.0.0.1:{port}/mcp"
    headers, body = mcp_rig.call("lean_echo_7")
    with (
        mcp_rig.running(mcp_rig.upstream_command(upstream), LOAD_CORE, {}, folder / "lean.log", f"http://127.0.0.1:{upstream}/"),
        mcp_rig.running(
            mcp_rig.gateway_command(port), SERVER_CORE, environment, folder / "gateway.log", f"{url[:-4]}/readyz"
        ) as ours,
    ):
        mcp_rig.knows_its_upstreams(port)
        for turn in range(ROUNDS):
            share = connections // ROUNDS
            for number, person in enumerate(people[turn * share : (turn + 1) * share]):
                token = person.token()
                one = {**headers, "Authorization": token.decode()}
                census.calls += len(mcp_load.run(url, one, body, b"said hello", clients=2, calls=4).latencies)
                asyncio.run(_half_open(port, _vanishing(port, person, number)))
                asyncio.run(_end_session(servers, person))
                census.served_on_s = max(census.served_on_s, _until_refused(port, token))
                census.connections += 1
            keeper = asyncio.run(_people(servers, 1))[0]
            steady = {**headers, "Authorization": keeper.token().decode()}
            census.calls += len(mcp_load.run(url, steady, body, b"said hello", clients=8, calls=calls // ROUNDS).latencies)
            people.append(keeper)
            time.sleep(rest_s)  # longer than idle connections to an upstream are kept: what is left is held by mistake
            census.take(ours, {servers.settings.database_port, servers.settings.valkey_port})
            held = f"{census.memory_mb[-1]:.1f} MB, {census.sockets[-1]} + {census.pooled[-1]} sockets"
            print(f"  round {turn + 1}: {census.calls:,} calls, {held}", flush=True)
    carriers = {person.caller.carrier_id: person for person in people}
    census.recorded = sum(asyncio.run(_recorded(servers, [person])) for person in carriers.values())
    return census


def main() -> str:
    """The section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        mcp_rig.settle(servers, LOAD_CORE)
        folder = servers.directory / "soak"
        folder.mkdir()
        census = soak(servers, folder, calls=CALLS, connections=CONNECTIONS)
    good = census.growth < MOST_GROWTH and census.leaked == 0 and census.recorded >= census.calls
    memory = ", ".join(f"{value:.1f}" for value in census.memory_mb)
    return "\n".join(
        [
            f"{census.calls:,} calls and {census.connections} clients that connect, call, vanish in the middle of things and are "
            "disconnected, through one gateway with everything on. Counted after each tenth, at rest.",
            "",
            f"Memory (MB): {memory}. Growth after the warm-up: **{census.growth:+.1%}** (floor < 5 %).",
            "",
            f"Sockets to clients and upstreams: {census.sockets}; "
            f"to PostgreSQL and Valkey (at most {MOST_POOLED}): {census.pooled}; "
            f"child processes: {census.children}. Leaked: **{census.leaked}**.",
            "",
            f"A disconnected client was refused within {census.served_on_s * 1000:.0f} ms.",
            "",
            f"Calls in the audit log: {census.recorded:,} (every answered call is there). {'Met.' if good else 'MISSED.'}",
        ]
    )


if __name__ == "__main__":
    print(main())
