"""What telemetry costs: one API process that tells everything beside one that tells nothing, taking turns in one run."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

from bench import load
from bench.processes import LOAD_CORE, Server, pin, server
from bench.read_one_driver import prepare
from dot_copilot import migrate
from tests.support.servers import Servers, free_port, running_servers

# As the browser sends it and nginx passes it on: each request is of a trace of its own, which nobody asks to keep.
TRACES = [f"traceparent: 00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00\r\n" for _ in range(5003)]
CLIENTS, SLICES, SECONDS, WARM = 16, 16, 0.5, 0.1
FLOOR = 0.05
LISTED = "/api/v1/drivers?limit=50"


@dataclass
class Side:
    """One of the two processes, and what its slices gave by kind of request."""

    name: str
    module: str
    environment: dict[str, str]
    running: Server | None = None
    rates: dict[str, list[float]] = field(default_factory=dict)
    cpu_us: dict[str, list[float]] = field(default_factory=dict)


def _sides(servers: Servers, metrics_port: int) -> tuple[Side, Side]:
    settings = servers.settings
    common = {
        "DOT_HOME": str(settings.home),
        "DOT_DATABASE_PORT": str(settings.database_port),
        "DOT_VALKEY_PORT": str(settings.valkey_port),
        "DOT_BLOB_ENDPOINT": settings.blob_endpoint,
        "DOT_SECRETS_BACKEND": "file",
        "DOT_SECRETS_FILE": str(settings.secrets_file),
    }
    telling = {**common, "DOT_TELEMETRY": "file", "DOT_TRACE_RATIO": "0.1", "DOT_METRICS_PORT": str(metrics_port)}
    return (
        Side("telling", "dot_copilot.serve", {**telling, "DOT_PART": "bench"}),
        Side("untold", "bench.untold", {**common, "DOT_TELEMETRY": "none"}),
    )


def _slice(side: Side, kind: str, paths: list[str], headers: dict[str, str]) -> None:
    assert side.running is not None
    base = f"http://127.0.0.1:{side.running.port}"
    asyncio.run(load.run(base, paths, headers, clients=CLIENTS, seconds=WARM, lines=TRACES))
    before = side.running.cpu_seconds
    seen = asyncio.run(load.run(base, paths, headers, clients=CLIENTS, seconds=SECONDS, lines=TRACES))
    if seen.failures:
        raise RuntimeError(f"{side.name}: {seen.failures} failed requests")
    time.sleep(0.2)  # what waits for the file's thread is part of the price, if not always of the same slice's
    side.rates.setdefault(kind, []).append(seen.rate)
    side.cpu_us.setdefault(kind, []).append((side.running.cpu_seconds - before) / len(seen.latencies) * 1e6)


def _paired(figures: list[float], others: list[float]) -> float:
    """The median of the ratios of slices that followed one another."""
    return statistics.median(a / b for a, b in zip(figures, others, strict=True))


def _measure(servers: Servers, token: str, drivers: list[UUID]) -> tuple[Side, Side]:
    metrics_port = free_port()
    sides = _sides(servers, metrics_port)
    kinds = {
        "one driver (hot read)": [f"/api/v1/drivers/{driver}" for driver in drivers],
        "list of 50 drivers": [LISTED],
        "driver file": [f"/api/v1/drivers/{driver}/file" for driver in drivers],
        "duty board": ["/api/v1/compliance/summary"],
    }
    headers = {"Authorization": token, "X-Forwarded-For": "127.0.0.1"}
    with ExitStack() as stack:
        for side in sides:
            port = free_port()
            log = servers.directory / f"{side.name}.log"
            side.running = stack.enter_context(server([side.module, "--port", str(port)], port, side.environment, log))
        time.sleep(5)  # each loads the MCP server's library some seconds after its start
        for turn in range(SLICES):
            for kind, paths in kinds.items():
                for side in sides if turn % 2 else sides[::-1]:
                    _slice(side, kind, paths, headers)
            urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5).read()  # as Prometheus does
    return sides


def _report(telling: Side, untold: Side) -> str:
    lines = [
        f"Two API processes on core 0 take turns in {SLICES} slices of {SECONDS} s; {CLIENTS} clients and PostgreSQL on core 1.",
        "Ratios are medians over pairs of slices. One tells everything at the default sampling (10 %, 25 traces a second at",
        "most, to a file; metrics scraped); in the other every place that tells something is taken out. The last row is as",
        "many of each.",
        "",
        "| | requests/s, telling / untold | CPU us/request, telling / untold | CPU more | throughput less | floor | |",
        "|---|---|---|---|---|---|---|",
    ]
    seconds, other_seconds = 0.0, 0.0
    for kind in telling.rates:
        rate, other_rate = (statistics.median(side.rates[kind]) for side in (telling, untold))
        cpu, other_cpu = (statistics.median(side.cpu_us[kind]) for side in (telling, untold))
        more = _paired(telling.cpu_us[kind], untold.cpu_us[kind]) - 1
        less = 1 - _paired(telling.rates[kind], untold.rates[kind])
        seconds, other_seconds = seconds + 1 / (other_rate * (1 - less)), other_seconds + 1 / other_rate
        lines.append(
            f"| {kind} | {rate:,.0f} / {other_rate:,.0f} | {cpu:,.0f} / {other_cpu:,.0f} | {more:.1%} | {less:.1%} "
            f"| | {'' if less < FLOOR else f'over {FLOOR:.0%} by itself'} |"
        )
    whole = 1 - other_seconds / seconds
    return "\n".join([*lines, f"| all four | | | | {whole:.1%} | < {FLOOR:.0%} | {'met' if whole < FLOOR else 'MISSED'} |"])


def main() -> str:
    """Runs both; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        pin(LOAD_CORE)
        for pid in (int(line) for line in (servers.directory / "pg/postmaster.pid").read_text().splitlines()[:1]):
            pin(LOAD_CORE, pid)
        token, _, drivers, _ = asyncio.run(prepare(servers))
        return _report(*_measure(servers, token, drivers))


if __name__ == "__main__":
    print(main())
