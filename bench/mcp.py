"""The MCP gateway beside others that stand before the same lean upstream, in one run.

`python -m bench.mcp --ours` measures upstream, nginx and our gateway alone, for tuning: it prints, and writes no report.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench import contextforge, mcp_load, mcp_rig
from bench.load import Load
from bench.processes import LOAD_CORE, SERVER_CORE
from dot_copilot import migrate
from dot_copilot.stack import binaries
from tests.support.servers import Servers, free_port, running_servers

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PEER_ROUNDS = int(os.environ.get("BENCH_PEER_ROUNDS", "2"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
SLICES, WARM_S, FAST = 4, 0.7, 3
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 1000000;
  upstream lean {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://lean; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


@dataclass
class Candidate:
    """One way to the upstream, and what its runs gave."""

    name: str
    command: list[str]
    environment: dict[str, str]
    port: int
    ready_path: str
    call: tuple[dict[str, str], bytes]
    listing: tuple[dict[str, str], bytes] | None
    prepare: Callable[[], None] = lambda: None
    counts: bool = True
    strict: bool = False
    figures: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, value: float) -> None:
        """One more figure."""
        self.figures.setdefault(what, []).append(value)

    def median(self, what: str) -> float:
        """The median of the rounds; not a number where there are none."""
        return statistics.median(self.figures.get(what) or [float("nan")])


def _candidates(servers: Servers, folder: Path, upstream: int, *, peers: bool) -> tuple[list[Candidate], str]:
    where = f"http://127.0.0.1:{upstream}/mcp"
    headers, body = mcp_rig.call("echo_7")
    plain = headers, body
    token = {"Authorization": mcp_rig.person(servers).token(seconds=7200).decode()}
    ours_headers, ours_body = mcp_rig.call("lean_echo_7")
    list_headers, list_body = mcp_rig.listing()
    ports = [free_port() for _ in range(4)]
    (folder / "nginx").mkdir()
    configuration = folder / "nginx/nginx.conf"
    configuration.write_text(NGINX.format(folder=folder / "nginx", upstream=upstream, port=ports[0]))
    nginx = [str(binaries.nginx()), "-p", str(folder / "nginx"), "-c", str(configuration), "-e", "stderr"]
    fastmcp = [sys.executable, "-m", "bench.peers.fastmcp_proxy", where, "--port", str(ports[2])]
    found = [
        Candidate("upstream alone", [], {}, upstream, "/", plain, (list_headers, list_body), counts=False),
        Candidate("nginx, plain proxy", nginx, {}, ports[0], "/", plain, (list_headers, list_body)),
        Candidate(
            "our gateway, everything on",
            mcp_rig.gateway_command(ports[1]),
            mcp_rig.gateway_environment(servers, folder / "ours", where),
            ports[1],
            "/readyz",
            ({**ours_headers, **token}, ours_body),
            ({**list_headers, **token}, list_body),
            strict=True,
        ),
        Candidate(
            f"FastMCP {version('fastmcp')}, default proxy", fastmcp, {}, ports[2], "/mcp", plain, (list_headers, list_body)
        ),
    ]
    if not peers:
        return found[:FAST], ""
    command, release = contextforge.install(folder)
    if not command:
        return found, f"ContextForge could not be installed, so it was not measured: {release}"
    theirs = mcp_rig.call(contextforge.TOOL)[1]
    found.append(
        Candidate(
            f"ContextForge {release}, options off",
            [*command, str(ports[3])],
            contextforge.environment(folder),
            ports[3],
            "/health",
            ({**mcp_rig.JSON, "MCP-Protocol-Version": "2025-11-25"}, theirs),
            None,
            prepare=lambda: contextforge.register(ports[3], where),
        )
    )
    return found, ""


def _measure(one: Candidate, family: mcp_rig.Family | None, seconds: float) -> None:
    """Notes one more figure of each kind.

    The warm-up before each is longer than our gateway waits to write calls down, so that a run pays for as many as it makes.
    """
    url = f"http://127.0.0.1:{one.port}/mcp"

    def load(clients: int, request: tuple[dict[str, str], bytes], expected: bytes, time_s: float) -> Load:
        return mcp_load.run(url, *request, expected, clients=clients, seconds=time_s, strict=one.strict)

    load(1, one.call, b"said hello", WARM_S)
    one.note("p50", load(1, one.call, b"said hello", seconds).percentile(0.5))
    for clients in (16, 64):
        load(clients, one.call, b"said hello", WARM_S)
        before = family.cpu_seconds if family else 0.0
        seen = load(clients, one.call, b"said hello", seconds)
        one.note(f"rate {clients}", seen.rate)
        one.note("failures", seen.failures)
        if family and clients == 16:
            one.note("cpu", (family.cpu_seconds - before) / max(1, len(seen.latencies)) * 1e6)
    if one.listing:
        one.note("list", load(1, one.listing, b"echo_199", seconds / 2).percentile(0.5))
    if family:
        one.note("memory", family.memory_mb)
    print(f"  {one.name}: " + ", ".join(f"{k} {v[-1]:,.2f}" for k, v in one.figures.items()), flush=True)


def _start(stack: ExitStack, one: Candidate, folder: Path) -> mcp_rig.Family | None:
    if not one.command:
        return None
    ready = f"http://127.0.0.1:{one.port}{one.ready_path}"
    family = stack.enter_context(mcp_rig.running(one.command, SERVER_CORE, one.environment, folder / f"{one.port}.log", ready))
    one.note("ready", family.ready_s)
    if len(one.figures["ready"]) == 1:
        one.prepare()
    time.sleep(0.5)
    return family


def _run(servers: Servers, folder: Path, *, peers: bool) -> tuple[list[Candidate], str]:
    """The fast ones take turns in short slices, for the machine's speed drifts; the slow ones follow one by one."""
    upstream = free_port()
    candidates, remark = _candidates(servers, folder, upstream, peers=peers)
    where = f"http://127.0.0.1:{upstream}/"
    with mcp_rig.running(mcp_rig.upstream_command(upstream), LOAD_CORE, {}, folder / "upstream.log", where):
        for _ in range(ROUNDS):
            with ExitStack() as stack:
                families = [_start(stack, one, folder) for one in candidates[:FAST]]
                for _ in range(SLICES):
                    for one, family in zip(candidates[:FAST], families, strict=True):
                        _measure(one, family, SECONDS / SLICES)
                        time.sleep(WARM_S if one.strict else 0)
        for _ in range(PEER_ROUNDS):
            for one in candidates[FAST:]:
                with ExitStack() as stack:
                    _measure(one, _start(stack, one, folder), SECONDS)
    return candidates, remark


def _paired(ours: Candidate, other: Candidate, what: str) -> float:
    """The median of ours / other over the slices in which they took turns."""
    return statistics.median(a / b for a, b in zip(ours.figures[what], other.figures[what], strict=True))


def _verdict(good: bool) -> str:
    return "met" if good else "MISSED"


def _report(candidates: list[Candidate], remark: str) -> str:
    alone, nginx, ours, *others = candidates
    lines = [
        "`tools/call` of revision 2026-07-28 (ContextForge: 2025-11-25, stateless); medians. The first three take turns in "
        f"{ROUNDS * SLICES} slices of {SECONDS / SLICES:.0f} s and are compared slice by slice; the others have runs of "
        f"{SECONDS:.0f} s. What is measured is on core 0; load, upstream, PostgreSQL and Valkey are on core 1. Our gateway has "
        "OAuth tokens, scopes, approvals, limits (Valkey) and the audit log (PostgreSQL) on.",
        "",
        "| one process before the lean upstream | p50 ms, 1 client | added | calls/s, 16 | calls/s, 64 | CPU us/call | MB "
        "| ready s | list of 200 tools, p50 ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in candidates:
        m = one.median
        lines.append(
            f"| {one.name} | {m('p50'):.2f} | {m('p50') - alone.median('p50'):.2f} | {m('rate 16'):,.0f} | {m('rate 64'):,.0f} "
            f"| {m('cpu'):,.0f} | {m('memory'):,.0f} | {m('ready'):.2f} | {m('list'):.2f} |".replace("nan", "-")
        )
    added = statistics.median(a - b for a, b in zip(ours.figures["p50"], alone.figures["p50"], strict=True))
    floors = [
        ("added p50 at one client", f"{added:.2f} ms", "<= 0.5 ms", added <= 0.5),
        *(
            (f"calls/s at {n}, share of nginx", f"{share:.0%}", ">= 45 %", share >= 0.45)
            for n in (16, 64)
            for share in [_paired(ours, nginx, f"rate {n}")]
        ),
        *(
            (f"calls/s at {n}, times {peer.name}", f"{times:,.0f}x", ">= 40x", times >= 40)
            for peer in others
            for n in (16, 64)
            for times in [ours.median(f"rate {n}") / peer.median(f"rate {n}")]
        ),
        ("memory", f"{ours.median('memory'):.0f} MB", "< 120 MB", ours.median("memory") < 120),
        ("ready", f"{ours.median('ready'):.2f} s", "< 1.5 s", ours.median("ready") < 1.5),
        ("list of 200 tools, p50", f"{ours.median('list'):.2f} ms", "< 2 ms", ours.median("list") < 2),
    ]
    lines += ["", "| | measured | floor | |", "|---|---|---|---|"]
    lines += [f"| {what} | {value} | {floor} | {_verdict(good)} |" for what, value, floor, good in floors]
    failed = [(one.name, sum(one.figures.get("failures", []))) for one in candidates]
    lines += [f"\n{name}: {count:,.0f} calls failed; only good ones count." for name, count in failed if count]
    load = os.getloadavg()[0]
    lines += ["", f"One-minute load average at the end: {load:.1f} (this run alone makes about 2)."]
    return "\n".join([*lines, *(["", remark] if remark else [])])


def main(*, peers: bool = True) -> str:
    """Runs all candidates, or only ours between what it is measured against; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        mcp_rig.settle(servers, LOAD_CORE)
        folder = servers.directory / "bench"
        folder.mkdir()
        return _report(*_run(servers, folder, peers=peers))


if __name__ == "__main__":
    print(main(peers="--ours" not in sys.argv))
