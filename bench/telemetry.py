"""What telemetry costs: a process of the API, and one of the MCP gateway, that tell everything and nothing in turns.

`python -m bench.telemetry api` or `gateway` measures one of them: it prints, and writes no report.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
import urllib.request
from pathlib import Path
from uuid import UUID

from bench import load, mcp_rig, telemetry_gateway
from bench.processes import LOAD_CORE, Server, server
from bench.read_one_driver import prepare
from bench.telemetry_sides import CLIENTS, SLICE, TELLING, TRACES, UNTOLD, Figures, Run, compared
from dot_copilot import migrate
from tests.support.servers import Servers, free_port, running_servers

BROWSER = (
    "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nAccept: application/json\r\n"
    "Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://localhost/drivers\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
)
KIND_SECONDS = 24.0
FLOOR = 0.05


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


class _ApiRun(Run):
    """Requests to the API, whose paths take turns."""

    def __init__(self, running: Server, side: Path, token: str, paths: list[str]) -> None:
        super().__init__(running, side)
        self._paths = paths
        self._head = f" HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n{BROWSER}\r\n".encode()

    async def _ask(self) -> None:
        client = load._Client("127.0.0.1", self._running.port, self._head)
        while not self.stopped:
            turn = next(self._turns)
            status = await client.get(self._paths[turn % len(self._paths)], TRACES[turn % len(TRACES)])
            if status != 200:
                raise RuntimeError(f"a request failed with status {status}")
            self.answered()
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
            run = _ApiRun(running, side, token, paths)
            asyncio.run(run.go(KIND_SECONDS))
            found[kind] = run.figures
            urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5).read()  # as Prometheus does
    return found


def _verdict(less: float, at_most: float) -> str:
    if less >= FLOOR:
        return "MISSED"
    return "met" if at_most < FLOOR else "met, but this run can't rule out more"


def _one_of_each(found: list[Figures]) -> str:
    """What it costs an API that is asked for all kinds equally often, each taking the time that its rate says."""
    took, other = (sum(1 / statistics.median(figures.rates[side]) for figures in found) for side in (TELLING, UNTOLD))
    less = 1 - other / took
    rates = f"{len(found) / took:,.0f} / {len(found) / other:,.0f}"
    return f"| **API, one of each** | {rates} | | | {less:.1%} | < {FLOOR:.0%} | {_verdict(less, less)} |"


def _report(found: dict[str, Figures]) -> str:
    slices = min(len(figures.rates[TELLING]) for figures in found.values())
    lines = [
        f"One process on core 0 changes sides every {SLICE} s, in pairs of random order, at least {slices} pairs a kind;",
        f"{CLIENTS} clients that never pause, PostgreSQL, Valkey and the gateway's upstream are on core 1. It tells all, with",
        "the default sampling (10 %; of the API 25 traces a second at most, of the gateway 20; to a file), or every place that",
        "tells something is taken out, ids of answers too, and FastAPI's outermost layers are in the place of ours. Ratios are",
        "medians over pairs, with the bounds of nineteen in twenty. The floor is about throughput; processor time a request is",
        "the stricter figure, as it would be if a request never waited for anything else.",
        "",
        "| | requests/s, telling / untold | CPU us/request, telling / untold | CPU more | throughput less | floor | |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, figures in found.items():
        rate, other_rate = (statistics.median(figures.rates[side]) for side in (TELLING, UNTOLD))
        cpu, other_cpu = (statistics.median(figures.cpu_us[side]) for side in (TELLING, UNTOLD))
        more, more_low, more_high = (ratio - 1 for ratio in compared(figures.cpu_us))
        less, less_high, less_low = (1 - ratio for ratio in compared(figures.rates))
        lines.append(
            f"| {kind} | {rate:,.0f} / {other_rate:,.0f} | {cpu:,.0f} / {other_cpu:,.0f} "
            f"| {more:.1%} ({more_low:.1%} to {more_high:.1%}) | {less:.1%} ({less_low:.1%} to {less_high:.1%}) "
            f"| < {FLOOR:.0%} | {_verdict(less, less_high)} |"
        )
    api = [figures for kind, figures in found.items() if not kind.startswith("MCP")]
    return "\n".join([*lines, _one_of_each(api)] if api else lines)


def main(only: str = "") -> str:
    """Runs all kinds, or those of the `api` or the `gateway`; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        mcp_rig.settle(servers, LOAD_CORE)
        found = {}
        if only != "gateway":
            token, _, drivers, _ = asyncio.run(prepare(servers))
            found = _measure(servers, token, drivers)
        if only != "api":
            found |= telemetry_gateway.measure(servers, KIND_SECONDS)
        return _report(found)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
