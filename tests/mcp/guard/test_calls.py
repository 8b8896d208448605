"""Every call is recorded once, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from dot_copilot.core import audit
from dot_copilot.core.database import Row
from dot_copilot.core.platform import Platform
from dot_copilot.mcp.gateway.figures import CLIENTS
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.guard.registry import BadData, Registry
from dot_copilot.mcp.gateway.ports import Refused
from tests.mcp.guard.people import Person
from tests.mcp.guard.test_feed import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Sink:
    """Takes what is sent; silent while `silent`."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.silent = False

    async def __call__(self, carrier: UUID, calls: bytes) -> int:
        if self.silent:
            raise OSError("PostgreSQL does not answer")
        entries = orjson.loads(calls)
        if any(entry["tool"] == "poison" for entry in entries):
            raise BadData("not this one")
        known = {entry["call"] for entry in self.calls}
        new = [entry for entry in entries if entry["call"] not in known]
        self.calls += new
        return len(new)


async def _entries(worker: Platform, carrier: UUID) -> list[Row]:
    async with worker.database.job_door(carrier) as door:
        return await door.fetch("select * from audit_log where action = 'assistant.call' order by seq")


async def test_a_call_becomes_one_entry_of_the_audit_log(
    registry: Registry, worker: Platform, person: Person, tmp_path: Path
) -> None:
    calls = Calls(tmp_path, "gateway-1", registry.audit_calls, every_s=0.02)
    calls.start()
    arguments = b'{"name":"Ruiz"}'
    calls.begin(person.verdict(), "dot-copilot", "search_drivers", arguments).end("ok")
    entry = calls.begin(person.verdict(), "github", "get_me", b"{}")
    entry.end("error", "the upstream is down")
    entry.end("ok")
    await calls.stop()
    first, second = await _entries(worker, person.caller.carrier_id)
    assert (first["actor_id"], first["via"]) == (person.caller.user_id, "mcp:Test client")
    assert (first["subject_type"], first["subject_id"]) == ("tool", "dot-copilot/search_drivers")
    details = first["details"]
    assert details["arguments_sha256"] == hashlib.sha256(arguments).hexdigest()
    assert "Ruiz" not in str(dict(first)), "arguments are kept as their hash only"
    assert (details["outcome"], details["client_id"], details["tool"]) == ("ok", "client-1", "search_drivers")
    assert 0 <= details["duration_ms"] < 1000
    assert details["started_at"].endswith("Z")
    assert (second["details"]["outcome"], second["details"]["error"]) == ("error", "the upstream is down")
    async with worker.database.job_door(person.caller.carrier_id) as door:
        used = await door.fetchval("select last_used_at from connections where session_id = $1", person.caller.session_id)
    assert used is not None
    assert not list(tmp_path.glob("*/*.jsonl")), "what is recorded leaves the disk"


async def test_the_chain_holds_when_calls_and_other_entries_mix(registry: Registry, worker: Platform, person: Person) -> None:
    carrier = person.caller.carrier_id

    def batch(prefix: str) -> bytes:
        one = {"session": str(person.caller.session_id), "upstream": "u", "tool": "t", "started_at": time.time(), "outcome": "ok"}
        return orjson.dumps([{**one, "call": f"{prefix}{number}"} for number in range(20)])

    async def other() -> None:
        async with worker.database.job_door(carrier) as door:
            await door.fetchval("select app.audit(null, 'job', 'test.done', 'test', 'x', '{}')")

    await asyncio.gather(*(registry.audit_calls(carrier, batch(p)) for p in "abc"), *(other() for _ in range(5)))
    assert await registry.audit_calls(carrier, batch("a")) == 0, "sent again, not recorded again"
    async with worker.database.job_door(carrier) as door:
        await audit.seal(door)
        broken = await door.fetchval(
            """select count(*) from (select l.*, lag(hash, 1, '\\x') over (order by seq) as before from audit_log l) l
               where hash <> app.audit_hash(before, seq, at, actor_id, via, action, subject_type, subject_id, details)"""
        )
        rows, highest = await door.fetchrow("select count(*), max(seq) from audit_log") or (0, 0)
    assert broken == 0
    assert rows == highest == 65


async def test_beginning_and_ending_take_microseconds(person: Person, tmp_path: Path) -> None:
    calls = Calls(tmp_path, "g", Sink())
    verdict = person.verdict()
    fastest = 1.0
    for _ in range(10):
        began = time.perf_counter()
        for _ in range(100):
            calls.begin(verdict, "dot-copilot", "search", b"{}").end("ok")
        fastest = min(fastest, (time.perf_counter() - began) / 100)
    await calls.stop()
    assert fastest < 200e-6


async def test_while_postgres_is_silent_calls_wait_and_then_all_arrive(
    person: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    sink.silent = True
    calls = Calls(tmp_path, "g", sink, every_s=0.01)
    calls.start()
    for _ in range(700):
        calls.begin(person.verdict(), "u", "t", b"{}").end("ok")
    await asyncio.sleep(0.05)
    assert calls.waiting == 700
    assert "wait on disk" in caplog.text
    sink.silent = False
    await until(lambda: calls.waiting == 0)
    await calls.stop()
    assert len({entry["call"] for entry in sink.calls}) == 700


async def test_when_too_much_waits_calls_are_refused_not_forgotten(
    person: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    sink.silent = True
    calls = Calls(tmp_path, "g", sink, limit_bytes=20_000, every_s=0.01)
    calls.start()
    made = 0
    refused: Refused | None = None
    while refused is None and made < 1000:
        try:
            calls.begin(person.verdict(), "u", "t", b"{}").end("ok")
            made += 1
        except Refused as error:
            refused = error
    assert refused is not None
    assert refused.status == 503
    assert 20 < made < 60
    assert "calls are refused" in caplog.text
    sink.silent = False
    await until(lambda: calls.waiting == 0)
    calls.begin(person.verdict(), "u", "again", b"{}").end("ok")
    await calls.stop()
    assert len(sink.calls) == made + 1


async def test_one_entry_that_postgres_refuses_holds_up_no_other(
    person: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    calls = Calls(tmp_path, "g", sink)
    for tool in ("a", "b", "poison", "c"):
        calls.begin(person.verdict(), "u", tool, b"{}").end("ok")
    with caplog.at_level(logging.ERROR):
        await calls.stop()
    assert sorted(entry["tool"] for entry in sink.calls) == ["a", "b", "c"]
    assert "refused.jsonl" in caplog.text
    assert orjson.loads((tmp_path / "refused.jsonl").read_bytes())["tool"] == "poison"


async def test_a_very_long_call_does_not_keep_all_files(person: Person, tmp_path: Path) -> None:
    sink = Sink()
    calls = Calls(tmp_path, "g", sink, limit_bytes=40_000, every_s=0.001)
    calls.start()
    long_one = calls.begin(person.verdict(), "u", "long", b"{}")
    for _ in range(1000):
        calls.begin(person.verdict(), "u", "t", b"{}").end("ok")
        if calls.waiting > 5:
            await asyncio.sleep(0.002)
    assert sum(path.stat().st_size for path in tmp_path.glob("g/*.jsonl")) < 45_000
    long_one.end("ok")
    await calls.stop()
    assert len(sink.calls) == 1001


CHILD = """
import asyncio, os, sys
from pathlib import Path
from uuid import UUID
import orjson
from dot_copilot.core.caller import Caller, Role
from dot_copilot.mcp.gateway.figures import CLIENTS
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.ports import Verdict

async def send(carrier, calls):
    for entry in orjson.loads(calls):
        print("sent", entry["call"], flush=True)
    if len(sys.argv) > 4:
        raise OSError("silent")
    return len(calls)

async def main():
    caller = Caller(UUID(sys.argv[2]), UUID(int=1), UUID(sys.argv[3]), Role.ADMIN, 1, 0, via="mcp:x")
    verdict = Verdict(caller, "c", "x", frozenset(), b"")
    calls = Calls(Path(sys.argv[1]), "gateway-1", send, every_s=0.01)
    calls.start()
    for number in range(10_000):
        entry = calls.begin(verdict, "u", f"t{number}", b"{}")
        print("begun", entry.call, flush=True)
        if number % 10:
            entry.end("ok")
            print("ended", entry.call, flush=True)
        await asyncio.sleep(0.0005)

asyncio.run(main())
"""


@pytest.mark.parametrize("silent", [False, True])
async def test_after_kill_9_every_call_is_there_exactly_once(
    registry: Registry, worker: Platform, person: Person, tmp_path: Path, *, silent: bool
) -> None:
    carrier = person.caller.carrier_id
    arguments = [str(tmp_path), str(person.caller.session_id), str(carrier), *(["silent"] if silent else [])]
    child = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", textwrap.dedent(CHILD), *arguments], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(400)]
    os.kill(child.pid, signal.SIGKILL)
    lines += child.stdout.read().splitlines()
    child.wait()
    words = [line.split() for line in lines if len(line.split()) == 2]
    begun = {call for word, call in words if word == "begun"}
    ended = {call for word, call in words if word == "ended"}
    assert len(begun) > 100

    calls = Calls(tmp_path, "gateway-1", registry.audit_calls, every_s=0.01)
    calls.start()
    rows: list[Row] = []
    for _ in range(200):
        rows = await _entries(worker, carrier)
        if len(rows) >= len(begun):
            break
        await asyncio.sleep(0.02)
    await calls.stop()
    outcomes = {row["details"]["call"]: row["details"]["outcome"] for row in rows}
    assert len(rows) == len(outcomes), "none is there twice"
    assert begun <= outcomes.keys()
    assert all(outcomes[call] == "ok" for call in ended)
    assert sum(1 for call in begun - ended if outcomes[call] == "unknown") >= len(begun - ended) - 1
    assert not list(tmp_path.glob("*/*.jsonl"))


async def test_a_process_adopts_what_others_left_but_not_what_the_living_hold(person: Person, tmp_path: Path) -> None:
    living_sink, sink = Sink(), Sink()
    living_sink.silent = True
    living = Calls(tmp_path, "gateway-1", living_sink)
    living.begin(person.verdict(), "u", "living", b"{}").end("ok")
    gone = tmp_path / "gateway-7"
    gone.mkdir()
    begin = {"call": "abc", "carrier": str(person.caller.carrier_id), "upstream": "u", "tool": "gone"}
    (gone / "calls-000000003.jsonl").write_bytes(orjson.dumps(begin) + b'\n{"end":"abc","duration_ms":5,"outc')
    second = Calls(tmp_path, "gateway-1", sink, every_s=0.01)
    second.start()
    await until(lambda: bool(sink.calls))
    await second.stop()
    assert [(entry["tool"], entry["outcome"]) for entry in sink.calls] == [("gone", "unknown")]
    assert [path.name for path in gone.iterdir()] == ["lock"]
    living_sink.silent = False
    await living.stop()
    assert [entry["tool"] for entry in living_sink.calls] == ["living"]


async def test_calls_are_counted_by_the_kind_of_client_and_its_upstream(person: Person, tmp_path: Path) -> None:
    ours, theirs = CLIENTS.labels("other", "counted"), CLIENTS.labels("other", "counted-too")
    calls = Calls(tmp_path, "g", Sink())
    for upstream in ("counted", "counted", "counted-too"):
        calls.begin(person.verdict(), upstream, "t", b"{}").end("ok")
    await calls.stop()
    assert (ours.value, theirs.value) == (2, 1), "the name of the client is 'Test client'"
