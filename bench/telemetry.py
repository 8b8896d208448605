"""What telemetry costs: one API process that tells everything and nothing in turns, for each kind of request."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import statistics
import time
import urllib.request
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

from bench import load
from bench.processes import LOAD_CORE, Server, pin, server
from bench.read_one_driver import prepare
from dot_copilot import migrate
from tests.support.servers import Servers, free_port, running_servers

# As the browser sends it and nginx passes it on: each request is of a trace of its own, which nobody asks to keep.
TRACES = [f"traceparent: 00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00\r\n" for _ in range(5003)]
BROWSER = (
    "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nAccept: application/json\r\n"
    "Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://localhost/drivers\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
)
TELLING, UNTOLD = "telling", "untold"
CLIENTS, KIND_SECONDS, SLICE, SETTLE = 16, 34.0, 0.25, 0.06
FLOOR = 0.05


@dataclass
class Figures:
    """What the slices of one kind of request gave, pair by pair: requests a second, and microseconds of processor time each."""

    rates: dict[str, list[float]] = field(default_factory=lambda: {TELLING: [], UNTOLD: []})
    cpu_us: dict[str, list[float]] = field(default_factory=lambda: {TELLING: [], UNTOLD: []})


def _environment(servers: Servers, metrics_port: int, side: Path) -> dict[str, str]:
    settings = servers.settings
    return {
        "DOT_HOME": str(settings.home),
        "DOT_DATABASE_PORT": str(settings.database_port),
        "DOT_VALKEY_PORT": str(settings.valkey_port),
        "DOT_BLOB_ENDPOINT": settings.blob_endpoint,
        "DOT_SECRETS_BACKEND": "file",
        "DOT_SECRETS_FILE": str(settings.secrets_file),
        "DOT_TELEMETRY": "file",
        "DOT_TRACE_RATIO": "0.1",
        "DOT_METRICS_PORT": str(metrics_port),
        "DOT_PART": "bench",
        "BENCH_SIDE": str(side),
    }


class _Run:
    """One kind of request, asked for by all clients all the time, while the server changes sides."""

    def __init__(self, running: Server, side: Path, token: str, paths: list[str]) -> None:
        self._running, self._side, self._paths = running, side, paths
        self._head = f" HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n{BROWSER}\r\n".encode()
        self._answered, self._stop = 0, False
        self._turns = count()
        self.figures = Figures()

    async def go(self, seconds: float) -> None:
        """Measures for so long."""
        clients = [asyncio.create_task(self._ask()) for _ in range(CLIENTS)]
        await self._become(TELLING)
        await asyncio.sleep(1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pair = {}
            for side in random.sample([TELLING, UNTOLD], 2):
                await self._become(side)
                pair[side] = await self._slice()
            for client in clients:
                if client.done():
                    client.result()  # why it gave up
            if all(number for number, _, _ in pair.values()):  # else the machine stood still
                for side, (number, cpu_ns, took) in pair.items():
                    self.figures.cpu_us[side].append(cpu_ns / 1000 / number)
                    self.figures.rates[side].append(number / took)
        self._stop = True
        await asyncio.gather(*clients)

    async def _slice(self) -> tuple[int, int, float]:
        """How many requests were answered, nanoseconds of processor time they took, and seconds."""
        answered, cpu, began = self._answered, self._running.cpu_ns, time.perf_counter()
        await asyncio.sleep(SLICE)
        return self._answered - answered, self._running.cpu_ns - cpu, time.perf_counter() - began

    async def _become(self, side: str) -> None:
        now = self._side.with_suffix(".now")
        now.unlink(missing_ok=True)
        self._side.write_text(side)
        os.kill(self._running.process.pid, signal.SIGUSR1)
        deadline = time.monotonic() + 10
        while not now.exists() or now.read_text() != side:
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not change sides")
            await asyncio.sleep(0.005)
        await asyncio.sleep(SETTLE)

    async def _ask(self) -> None:
        client = load._Client("127.0.0.1", self._running.port, self._head)
        while not self._stop:
            turn = next(self._turns)
            status = await client.get(self._paths[turn % len(self._paths)], TRACES[turn % len(TRACES)])
            if status != 200:
                raise RuntimeError(f"a request failed with status {status}")
            self._answered += 1
        client.close()


def _measure(servers: Servers, token: str, drivers: list[UUID]) -> dict[str, Figures]:
    metrics_port, port = free_port(), free_port()
    side = servers.directory / "side"
    kinds = {
        "one driver (hot read)": [f"/api/v1/drivers/{driver}" for driver in drivers],
        "list of 50 drivers": ["/api/v1/drivers?limit=50"],
        "driver file": [f"/api/v1/drivers/{driver}/file" for driver in drivers],
        "duty board": ["/api/v1/compliance/summary"],
    }
    found = {}
    log = servers.directory / "api.log"
    with server(["bench.untold", "--port", str(port)], port, _environment(servers, metrics_port, side), log) as running:
        time.sleep(5)  # it loads the MCP server's library some seconds after its start
        for kind, paths in kinds.items():
            run = _Run(running, side, token, paths)
            asyncio.run(run.go(KIND_SECONDS))
            found[kind] = run.figures
            urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5).read()  # as Prometheus does
    return found


def _median(ratios: list[float]) -> tuple[float, float, float]:
    """The median, and the bounds within which it lies nineteen times in twenty (by the order of the figures)."""
    ordered = sorted(ratios)
    half = round(0.98 * len(ordered) ** 0.5)
    middle = len(ordered) // 2
    return statistics.median(ordered), ordered[max(0, middle - half)], ordered[min(len(ordered) - 1, middle + half)]


def _compared(figures: dict[str, list[float]]) -> tuple[float, float, float]:
    """Telling to untold, of slices that followed one another."""
    return _median([telling / untold for telling, untold in zip(figures[TELLING], figures[UNTOLD], strict=True)])


def _verdict(less: float, at_most: float) -> str:
    if less >= FLOOR:
        return "MISSED"
    return "met" if at_most < FLOOR else "met, but this run can't rule out more"


def _report(found: dict[str, Figures]) -> str:
    slices = min(len(figures.rates[TELLING]) for figures in found.values())
    lines = [
        f"One API process on core 0 changes sides every {SLICE} s, in pairs of random order, at least {slices} pairs a kind;",
        f"{CLIENTS} clients that never pause and PostgreSQL are on core 1. It tells everything at the default sampling (10 %, 25",
        "traces a second at most, to a file), or every place that tells something is taken out, ids of answers too, and",
        "FastAPI's outermost layers are in the place of ours. Ratios are medians over pairs, with the bounds of nineteen in",
        "twenty. The floor is about throughput; processor time a request is the stricter figure, as it would be if a",
        "request never waited for anything else.",
        "",
        "| | requests/s, telling / untold | CPU us/request, telling / untold | CPU more | throughput less | floor | |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, figures in found.items():
        rate, other_rate = (statistics.median(figures.rates[side]) for side in (TELLING, UNTOLD))
        cpu, other_cpu = (statistics.median(figures.cpu_us[side]) for side in (TELLING, UNTOLD))
        more, more_low, more_high = (ratio - 1 for ratio in _compared(figures.cpu_us))
        less, less_high, less_low = (1 - ratio for ratio in _compared(figures.rates))
        lines.append(
            f"| {kind} | {rate:,.0f} / {other_rate:,.0f} | {cpu:,.0f} / {other_cpu:,.0f} "
            f"| {more:.1%} ({more_low:.1%} to {more_high:.1%}) | {less:.1%} ({less_low:.1%} to {less_high:.1%}) "
            f"| < {FLOOR:.0%} | {_verdict(less, less_high)} |"
        )
    return "\n".join(lines)


def main() -> str:
    """Runs all kinds; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        pin(LOAD_CORE)
        for pid in (int(line) for line in (servers.directory / "pg/postmaster.pid").read_text().splitlines()[:1]):
            pin(LOAD_CORE, pid)
        token, _, drivers, _ = asyncio.run(prepare(servers))
        return _report(_measure(servers, token, drivers))


if __name__ == "__main__":
    print(main())
