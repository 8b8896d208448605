"""Calls that are made together are put on record together: none leaves before its line is on disk."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from dot_copilot.core.platform import Platform
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.guard.replay import read
from dot_copilot.mcp.gateway.guard.spool import Segment, Spool
from dot_copilot.mcp.gateway.ports import Refused
from tests.mcp.guard.people import Person, make_carrier, make_person
from tests.mcp.guard.test_calls import Sink
from tests.support.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("g/*.jsonl")))


async def test_what_is_entered_is_on_disk_when_it_was_written(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[bytes] = []
    append = Spool.append

    def spy(self: Spool, data: bytes) -> Segment:
        writes.append(data)
        return append(self, data)

    monkeypatch.setattr(Spool, "append", spy)
    calls = Calls(tmp_path, "g", Sink())
    verdict = person.verdict()
    entries = [calls.enter(verdict, "u", f"t{number}", b"{}") for number in range(5)]
    assert on_disk(tmp_path) == b""
    calls.write()
    lines = [orjson.loads(line) for line in on_disk(tmp_path).splitlines()]
    assert [line["tool"] for line in lines] == ["t0", "t1", "t2", "t3", "t4"]
    assert [line["call"] for line in lines] == [entry.call for entry in entries]
    assert {line["carrier"] for line in lines} == {str(person.caller.carrier_id)}
    for entry in entries[:4]:
        entry.end("ok")
    assert len(writes) == 1
    calls.enter(verdict, "u", "next", b"{}")
    calls.write()
    assert len(writes) == 2, "ends go with the next begins"
    calls.write()
    assert len(writes) == 2, "nothing, when there is nothing to write"
    outcomes = [orjson.loads(done.json)["outcome"] for done in read(sorted(tmp_path.glob("g/*.jsonl")))]
    assert outcomes == ["ok"] * 4 + ["unknown"] * 2


async def test_two_people_are_told_apart(person: Person, worker: Platform, servers: Servers, tmp_path: Path) -> None:
    other_person = await make_person(worker, servers.secrets["jwt_signing_keys"], await make_carrier(worker))
    calls = Calls(tmp_path, "g", Sink())
    for one in (person, other_person, person):
        calls.enter(one.verdict(), "u", "t", b"{}")
    calls.write()
    sessions = [orjson.loads(line)["session"] for line in on_disk(tmp_path).splitlines()]
    assert sessions == [str(one.caller.session_id) for one in (person, other_person, person)]


async def test_when_the_disk_is_full_none_is_made(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    sink = Sink()
    calls = Calls(tmp_path, "g", sink)
    verdict = person.verdict()
    before = calls.enter(verdict, "u", "before", b"{}")
    calls.write()
    monkeypatch.setattr(Spool, "append", full)
    before.end("ok")
    entries = [calls.enter(verdict, "u", "t", b"{}") for _ in range(3)]
    with pytest.raises(Refused) as refused:
        calls.write()
    assert refused.value.status == 503
    assert calls.waiting == 1, "what has ended is still in memory"
    monkeypatch.undo()
    calls.enter(verdict, "u", "after", b"{}").end("ok")
    calls.write()
    await calls.stop()
    assert sorted(entry["tool"] for entry in sink.calls) == ["after", "before"]
    assert len(entries) == 3


async def test_a_tools_name_may_be_anything(person: Person, tmp_path: Path) -> None:
    calls = Calls(tmp_path, "g", Sink())
    names = ['a "quoted" one', "back\\slash", "line\nbreak", "Prüfung", "test://uri?x={y}"]
    for name in names:
        calls.enter(person.verdict(), "u", name, b"{}").end("error", f"{name} failed")
    calls.write()
    found = [orjson.loads(done.json) for done in read(sorted(tmp_path.glob("g/*.jsonl")))]
    assert [(one["tool"], one["error"]) for one in found] == [(name, f"{name} failed") for name in names]
